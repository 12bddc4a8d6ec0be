/// A value of a parameter.
///
/// Numbers of a choice or a constant that have no fraction are always `.int`, so that a value is the same whether it
/// was written `1`, `1.0` or `1e0`, and the same again when it is read back from a document.
package enum Value: Hashable, Sendable {
  case float(Double)
  case int(Int)
  case string(String)
  case bool(Bool)
}

/// One value for each parameter of a space, in the space's order.
package struct Point: Hashable, Sendable {
  package var values: [Value]

  package init(_ values: [Value]) { self.values = values }
}

package struct Parameter: Hashable, Sendable {
  package var name: String
  package var domain: Domain
  /// The value that is used where nothing is tuned.
  package var defaultValue: Value?

  package init(name: String, domain: Domain, defaultValue: Value? = nil) {
    self.name = name
    self.domain = domain
    self.defaultValue = defaultValue
  }
}

/// What is tuned, in the order of the file.
package struct Space: Hashable, Sendable {
  package var parameters: [Parameter]

  package init(_ parameters: [Parameter]) { self.parameters = parameters }

  /// How many points there are; nil when a parameter is continuous, `Int.max` when there are at least as many.
  package var size: Int? {
    var size = 1
    for parameter in parameters {
      guard let count = parameter.domain.count else { return nil }
      let (product, overflow) = size.multipliedReportingOverflow(by: count)
      size = overflow ? Int.max : product
    }
    return size
  }

  /// The point of the defaults, when every parameter has one; a constant is its own default.
  package var defaultPoint: Point? {
    let values = parameters.compactMap { parameter -> Value? in
      if case .constant(let value) = parameter.domain { return value }
      return parameter.defaultValue
    }
    let tuned = parameters.contains { $0.domain.count != 1 || $0.defaultValue != nil }
    return tuned && values.count == parameters.count ? Point(values) : nil
  }

  /// The point at coordinates in [0, 1), one for each parameter that is not a constant.
  package func point(at coordinates: (Int) -> Double) -> Point {
    var axis = 0
    return Point(
      parameters.map { parameter in
        if case .constant(let value) = parameter.domain { return value }
        defer { axis += 1 }
        return parameter.domain.value(at: coordinates(axis))
      })
  }

  /// The number of parameters that are not constants.
  package var dimension: Int {
    parameters.count { parameter in
      if case .constant = parameter.domain { false } else { true }
    }
  }
}
