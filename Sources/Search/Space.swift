/// A value of a parameter.
///
/// Numbers of a choice, a constant or an expression that have no fraction are always `.int`, so that a value is the same
/// whether it was written `1`, `1.0` or `1e0`, and the same again when it is read back from a document.
package enum Value: Hashable, Sendable {
  case float(Double)
  case int(Int)
  case string(String)
  case bool(Bool)

  /// A number where no type is declared.
  package init(untyped number: Double) {
    self = number == number.rounded() && abs(number) <= 0x1p53 ? .int(Int(number)) : .float(number)
  }
}

/// One value for each parameter of a space, in the space's order; nil for a parameter that is inactive.
package struct Point: Hashable, Sendable {
  package var values: [Value?]

  package init(_ values: [Value?]) { self.values = values }
}

package struct Parameter: Hashable, Sendable {
  package var name: String
  package var domain: Domain
  /// The value that is used where nothing is tuned.
  package var defaultValue: Value?
  /// Over other parameters of the space: the parameter is active, and has a value, where it holds. Nil for always.
  package var condition: Expression?
  /// Which values are likely before anything is tried; nil when all are alike.
  package var prior: Prior?
  /// Whether the order of a choice's values means something.
  package var isOrdered: Bool

  package init(
    name: String, domain: Domain, defaultValue: Value? = nil, condition: Expression? = nil, prior: Prior? = nil,
    isOrdered: Bool = false
  ) {
    self.name = name
    self.domain = domain
    self.defaultValue = defaultValue
    self.condition = condition
    self.prior = prior
    self.isOrdered = isOrdered
  }

  package var isConstant: Bool {
    if case .constant = domain { true } else { false }
  }

  /// The value at a coordinate in [0, 1): as likely as the prior says.
  func value(at coordinate: Double) -> Value {
    domain.value(at: prior?.warp(coordinate, in: domain) ?? coordinate)
  }
}

/// What is tuned. Several parameters may have one name if at most one of them is active at a time.
package struct Space: Hashable, Sendable {
  package let parameters: [Parameter]
  /// Over the parameters: a point is there only if none of them fails.
  package let constraints: [Expression]
  /// The parameters' indices, each after those that its condition needs; empty when conditions go round in a circle.
  package let order: [Int]

  /// The first parameter of each name, and all of those names that several have.
  private let firstByName: [String: Int]
  private let severalByName: [String: [Int]]
  private let hasConditions: Bool

  package init(_ parameters: [Parameter], constraints: [Expression] = []) {
    self.parameters = parameters
    self.constraints = constraints
    var (first, several) = (Dictionary<String, Int>(minimumCapacity: parameters.count), [String: [Int]]())
    for (index, parameter) in parameters.enumerated() {
      if let earlier = first[parameter.name] {
        several[parameter.name, default: [earlier]].append(index)
      } else {
        first[parameter.name] = index
      }
    }
    (firstByName, severalByName) = (first, several)
    hasConditions = parameters.contains { $0.condition != nil }
    order =
      hasConditions
      ? Self.order(parameters) { several[$0] ?? first[$0].map { [$0] } ?? [] } : Array(parameters.indices)
  }

  /// Depth first from the first parameter on.
  private static func order(_ parameters: [Parameter], _ indices: (String) -> [Int]) -> [Int] {
    var order: [Int] = []
    var states = [Int: Bool]()  // false while its conditions are being visited
    func visit(_ index: Int) -> Bool {
      if let state = states[index] { return state }
      states[index] = false
      for name in parameters[index].condition?.names ?? [] {
        for other in indices(name) {
          guard visit(other) else { return false }
        }
      }
      states[index] = true
      order.append(index)
      return true
    }
    return parameters.indices.allSatisfy(visit) ? order : []
  }

  /// Whether points depend on one another's values in no way: no conditions, no constraints.
  var isPlain: Bool { !hasConditions && constraints.isEmpty }

  /// The parameters with a name, as indices.
  package func indices(of name: String) -> [Int] {
    severalByName[name] ?? firstByName[name].map { [$0] } ?? []
  }

  /// The value under a name; nil when none of that name is active.
  package func value(of name: String, in point: Point) -> Value? {
    for index in indices(of: name) {
      if let value = point.values[index] { return value }
    }
    return nil
  }

  package func isActive(_ parameter: Parameter, in point: Point) -> Bool {
    parameter.condition.map { $0.holds { value(of: $0, in: point) } == true } ?? true
  }

  /// The point with the values of the inactive parameters taken out.
  package func activated(_ point: Point) -> Point {
    guard hasConditions else { return point }
    var result = Point([Value?](repeating: nil, count: parameters.count))
    for index in order where isActive(parameters[index], in: result) { result.values[index] = point.values[index] }
    return result
  }

  /// Whether exactly the active parameters have values, each of its domain.
  package func contains(_ point: Point) -> Bool {
    point.values.count == parameters.count
      && parameters.indices.allSatisfy { index in
        guard let value = point.values[index] else { return !isActive(parameters[index], in: point) }
        return parameters[index].domain.contains(value) && isActive(parameters[index], in: point)
      }
  }

  /// The first constraint that fails at a point; nil when there is none.
  package func broken(by point: Point) -> Expression? {
    constraints.first { $0.holds { value(of: $0, in: point) } == false }
  }

  /// The point of the defaults, when every active parameter has one; a constant is its own default.
  package var defaultPoint: Point? {
    guard parameters.contains(where: { $0.domain.count != 1 || $0.defaultValue != nil }) else { return nil }
    var point = Point([Value?](repeating: nil, count: parameters.count))
    for index in order where isActive(parameters[index], in: point) {
      let parameter = parameters[index]
      if case .constant(let value) = parameter.domain {
        point.values[index] = value
      } else if let value = parameter.defaultValue {
        point.values[index] = value
      } else {
        return nil
      }
    }
    return point
  }

  /// The point at coordinates in [0, 1), one for each parameter that is not a constant.
  package func point(at coordinates: (Int) -> Double) -> Point {
    var axis = 0
    return activated(
      Point(
        parameters.map { parameter in
          if case .constant(let value) = parameter.domain { return value }
          defer { axis += 1 }
          return parameter.value(at: coordinates(axis))
        }))
  }

  /// The number of parameters that are not constants.
  package var dimension: Int { parameters.count { !$0.isConstant } }

  package var isFinite: Bool { parameters.allSatisfy { $0.domain.count != nil } }

  package enum Size: Hashable, Sendable {
    case infinite
    case exactly(Int)
    /// More than could be counted.
    case atLeast(Int)
  }

  /// How many points there are. Complexity: O(1) in a plain space, O(points) up to `limit` otherwise.
  package func size(upTo limit: Int = 100_000) -> Size {
    guard isFinite else { return .infinite }
    guard isPlain else {
      let points = FinitePoints(of: self, limit: limit)
      return points.isComplete ? .exactly(points.count) : .atLeast(points.count)
    }
    var size = 1
    for parameter in parameters {
      let (product, overflow) = size.multipliedReportingOverflow(by: parameter.domain.count ?? 1)
      if overflow { return .atLeast(Int.max) }
      size = product
    }
    return .exactly(size)
  }
}
