import Search
import TestSupport
import Testing

@testable import Artifacts

@Suite("Expressions in documents")
struct ExpressionDocumentTests {
  @Test("An expression is the same after writing and reading")
  func roundTrip() throws {
    for seed: UInt64 in 0..<2000 {
      let space = Space.random(seed: seed, isFinite: false)
      var expressions = RandomExpressions(over: space, metrics: ["loss"], seed: seed)
      let expression = expressions.condition(depth: 5)
      let read = try Expression(json: JSON(parsing: expression.json.canonicalBytes))
      // A number that is written as a float and has no fraction is the same number.
      try #require(read.json == expression.json && read.names == expression.names, "\(expression), seed \(seed)")
      let point = space.point { _ in 0.3 }
      let lookup = { space.value(of: $0, in: point) ?? ($0 == "loss" ? .float(0.5) : nil) }
      try #require(read.holds(lookup) == expression.holds(lookup), "\(expression), seed \(seed)")
    }
  }

  @Test("An expression, whole")
  func golden() {
    let product = Expression.calculate(.times, .name("layers"), .name("width"))
    let condition = Expression.and(
      .not(.compare(.lessOrEqual, product, .constant(.int(1024)))),
      .member(.name("opt"), of: [.string("sgd"), .bool(true)]))
    #expect(
      condition.json.canonicalText
        == #"["and",["not",["<=",["*",{"name":"layers"},{"name":"width"}],1024]],["in",{"name":"opt"},["sgd",true]]]"#)
  }

  @Test(
    "What is no expression is refused",
    arguments: [
      "[]", "{}", "null", "[1]", "[\"not\"]", "[\"not\",1,2]", "[\"and\",1]", "[\"<\",1,2,3]", "[\"xor\",1,2]",
      "[\"in\",1,2]",
      "[\"in\",1]", "[\"in\",1,[[]]]", "[\"min\",1]", "[\"abs\",1,2]", "[\"negative\",{}]", "[\"+\",1,null]",
      "{\"name\":3}",
    ])
  func refused(text: String) throws {
    let json = try JSON(parsing: Array(text.utf8))
    #expect(throws: DocumentError.self) { try Expression(json: json) }
  }

  @Test(
    "The deepest expression that the compiler lets through fits into a manifest, and one that is too deep is refused")
  func depth() throws {
    func nested(_ depth: Int) -> Expression { (0..<depth).reduce(.name("x")) { inner, _ in .not(inner) } }
    var plan = Plan.small
    plan.search.space = Space([Parameter(name: "x", domain: .choice([.bool(true), .bool(false)]))])
    plan.outcomeConstraints = [nested(200)]
    plan.trial.program = .command([[.literal("x")]])
    plan.search.trials = 2
    var manifest = Manifest.full
    manifest.content.plan = PlanDocument(plan)
    manifest.content.best = []
    manifest.content.conclusion.best = []
    manifest.content.baseline = nil
    #expect(try Manifest(fileBytes: manifest.fileBytes).content.plan.plan == plan)
    let tooDeep = nested(300).json
    #expect(throws: DocumentError.self) { try Expression(json: tooDeep) }
  }
}
