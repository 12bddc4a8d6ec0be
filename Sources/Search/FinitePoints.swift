/// The points of a finite space that has conditions or constraints, in the order of a grid: the parameter that is
/// evaluated last changes fastest.
///
/// They are found by descending parameter by parameter, and a branch is left as soon as a constraint fails in it.
struct FinitePoints: Sendable {
  /// Whether these are all.
  let isComplete: Bool

  private let space: Space
  /// For each point, the number of each parameter's value, and -1 for an inactive one.
  private let numbers: [Int32]
  let count: Int

  /// More partial points than this are not looked at.
  private static let maximumEffort = 1_000_000
  /// More numbers than this are not kept.
  private static let maximumNumbers = 100_000_000

  /// - Parameter limit: finds so many points, if there are.
  /// - Precondition: the space is finite, and its conditions do not go round in a circle.
  init(of space: Space, limit: Int) {
    let checks = Self.checks(space).map { $0.map { Evaluation($0, in: space) } }
    let conditions = space.parameters.map { $0.condition.map { Evaluation($0, in: space) } }
    var effort = 0
    var point = Point([Value?](repeating: nil, count: space.parameters.count))
    var digits = [Int32](repeating: -1, count: space.parameters.count)
    var numbers: [Int32] = []
    var count = 0

    /// Whether to go on.
    func descend(_ depth: Int) -> Bool {
      guard depth < space.order.count else {
        guard count < limit, numbers.count + digits.count <= Self.maximumNumbers else { return false }
        numbers += digits
        count += 1
        return true
      }
      let index = space.order[depth]
      let parameter = space.parameters[index]
      func holds() -> Bool {
        checks[depth].allSatisfy { $0.holds(point.values) != false }
      }
      guard conditions[index].map({ $0.holds(point.values) == true }) ?? true else {
        (point.values[index], digits[index]) = (nil, -1)
        return !holds() || descend(depth + 1)
      }
      for number in 0..<(parameter.domain.count ?? 0) {
        effort += 1
        guard effort <= Self.maximumEffort else { return false }
        (point.values[index], digits[index]) = (
          parameter.domain.value(number: number), Int32(truncatingIfNeeded: number)
        )
        guard !holds() || descend(depth + 1) else { return false }
      }
      (point.values[index], digits[index]) = (nil, -1)
      return true
    }
    isComplete = descend(0)
    self.space = space
    self.numbers = numbers
    self.count = count
  }

  /// The constraints that can be decided once the parameter at each place of the order has its value.
  private static func checks(_ space: Space) -> [[Expression]] {
    var checks = [[Expression]](repeating: [], count: space.order.count)
    for constraint in space.constraints where !checks.isEmpty {
      let indices = constraint.names.flatMap { space.indices(of: $0) }
      checks[space.order.lastIndex(where: indices.contains) ?? 0].append(constraint)
    }
    return checks
  }

  subscript(_ index: Int) -> Point {
    let width = space.parameters.count
    return Point(
      space.parameters.indices.map { parameter in
        let number = numbers[index * width + parameter]
        return number < 0 ? nil : space.parameters[parameter].domain.value(number: Int(number))
      })
  }
}
