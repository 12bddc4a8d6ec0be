/// The kernel's likeliest parameters, as last found: where the next search for them begins.
struct KernelFit: Sendable {
  private var parameters: [Double]?
  /// How many observations there were then.
  private var fitted = 0

  /// The process with the kernel of the largest posterior density, which is looked for from the last one and, while little
  /// is known, from the prior's middle. With many observations, one more changes little: the last kernel is kept for some
  /// trials.
  ///
  /// - Parameter observed: how many observations there are, of which a model may leave out some.
  mutating func process(
    _ rows: [Double], _ values: [Double], _ observed: Int, _ encoding: Encoding, _ prior: KernelPrior
  ) -> GaussianProcess {
    var starts = [parameters].compactMap { $0 }
    if observed < Self.fewObservations || starts.isEmpty { starts.append(prior.means) }
    if parameters == nil || observed - fitted >= max(1, (observed - 20) / 40) {
      parameters = likeliest(rows, values, encoding, prior, from: starts)
      fitted = observed
    }
    let kernel = Kernel(coordinates: encoding.coordinates, parameters: parameters ?? prior.means)
    return GaussianProcess(kernel: kernel, rows: rows, values: values)
  }

  private static let fewObservations = 40

  private func likeliest(
    _ rows: [Double], _ values: [Double], _ encoding: Encoding, _ prior: KernelPrior, from starts: [[Double]]
  ) -> [Double]? {
    let likelihood = Likelihood(
      coordinates: encoding.coordinates, features: encoding.features, rows: rows, values: values, prior: prior)
    let minimizer = BoxMinimizer(
      lower: prior.lower, upper: prior.upper, iterations: values.count < Self.fewObservations ? 40 : 15, tolerance: 1e-3
    )
    var best: (point: [Double], value: Double)?
    for start in starts {
      let found = minimizer.minimize(from: start) { likelihood.value(at: $0, gradient: &$1) }
      if best.map({ found.value < $0.value }) ?? true { best = found }
    }
    return best?.point
  }
}
