internal import Search

/// Expressions in documents: a constant is itself, a name `{"name": …}`, and all else a list that begins with the
/// operator, such as `["<=", ["*", {"name": "layers"}, {"name": "width"}], 1024]`.
extension Expression {
  package var json: JSON {
    func list(_ operation: String, _ operands: [JSON]) -> JSON { .array([.string(operation)] + operands) }
    switch self {
    case .constant(let value): return value.json
    case .name(let name): return .object(["name": .string(name)])
    case .not(let inner): return list("not", [inner.json])
    case .negative(let inner): return list("negative", [inner.json])
    case .and(let left, let right): return list("and", [left.json, right.json])
    case .or(let left, let right): return list("or", [left.json, right.json])
    case .compare(let comparison, let left, let right): return list(comparison.rawValue, [left.json, right.json])
    case .calculate(let operation, let left, let right): return list(operation.rawValue, [left.json, right.json])
    case .member(let inner, let values): return list("in", [inner.json, .array(values.map(\.json))])
    case .call(let function, let arguments): return list(function.rawValue, arguments.map(\.json))
    }
  }

  /// More than the compiler lets through, and less than a document may have.
  private static let maximumDepth = 240

  init(json: JSON, depth: Int = 0) throws(DocumentError) {
    guard depth <= Self.maximumDepth else { throw DocumentError("an expression is nested too deeply") }
    if let name = json["name"]?.string {
      self = .name(name)
      return
    }
    guard let list = json.array else {
      self = .constant(try Value(json: json, in: nil))
      return
    }
    guard let operation = list.first?.string else { throw DocumentError("an expression has no operator") }
    if operation == "in" {
      guard list.count == 3, let elements = list[2].array else { throw DocumentError("`in` takes a list") }
      var values: [Value] = []
      for element in elements { values.append(try Value(json: element, in: nil)) }
      self = .member(try Expression(json: list[1], depth: depth + 1), of: values)
      return
    }
    var operands: [Expression] = []
    for operand in list.dropFirst() { operands.append(try Expression(json: operand, depth: depth + 1)) }
    try self.init(operation, operands)
  }

  private init(_ operation: String, _ operands: [Expression]) throws(DocumentError) {
    if let function = Function(rawValue: operation), function.arity.contains(operands.count) {
      self = .call(function, operands)
      return
    }
    switch (operation, operands.count) {
    case ("not", 1): self = .not(operands[0])
    case ("negative", 1): self = .negative(operands[0])
    case ("and", 2): self = .and(operands[0], operands[1])
    case ("or", 2): self = .or(operands[0], operands[1])
    case (_, 2):
      if let comparison = Comparison(rawValue: operation) {
        self = .compare(comparison, operands[0], operands[1])
      } else if let calculation = Operation(rawValue: operation) {
        self = .calculate(calculation, operands[0], operands[1])
      } else {
        throw DocumentError("the operator \"\(operation)\" is unknown")
      }
    default: throw DocumentError("the operator \"\(operation)\" is unknown, or has too few operands")
    }
  }
}
