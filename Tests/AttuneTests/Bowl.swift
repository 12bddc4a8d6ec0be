/// An experiment over a deterministic objective whose trials take a time that differs from run to run.
enum Bowl {
  /// Every tenth point fails, so that failures are part of what must be reproduced.
  static let script = """
    sleep "0.0$(( $$ % 9 ))"
    awk -v x="$1" -v n="$2" 'BEGIN { if (n % 10 == 3) exit 4; printf "loss=%.6f\\n", (x - 0.3) ^ 2 + n / 100 }'
    """

  static func experiment(
    name: String = "bowl", strategy: String = "random", trials: Int = 40, stopping: String = "", objective: String = ""
  ) -> String {
    """
    attune: 1
    name: \(name)
    objective: {minimize: loss\(objective)}
    parameters:
      x: {float: [0, 1], default: 0.5}
      n: {int: [1, 50], default: 25}
    search: {strategy: \(strategy), seed: 5}
    budget: {trials: \(trials), parallel: 4}
    \(stopping)
    trial: {run: "sh bowl.sh ${x} ${n}", inputs: [bowl.sh]}
    """
  }
}
