extension Program {
  /// A project with one experiment, `e.yaml`: a grid of ten trials that run `sh t.sh` with their number, or what `run` says.
  ///
  /// - Parameters:
  ///   - budget: what follows `parallel`, with a comma before it.
  ///   - trial: what follows `run` and the inputs, with a comma before it.
  static func oneParameter(
    _ script: String, parallel: Int = 2, budget: String = "", inputs: String = ", inputs: [t.sh]", trial: String = "",
    run: String = "sh t.sh ${x}"
  ) throws -> Program {
    try Program([
      "e.yaml": """
      attune: 1
      name: one
      objective: {minimize: loss}
      parameters: {x: {int: [0, 9]}}
      search: {strategy: grid}
      budget: {parallel: \(parallel)\(budget)}
      trial: {run: "\(run)"\(inputs)\(trial)}
      """, "t.sh": script,
    ])
  }
}
