import Artifacts
import Glibc
import Search
import TestSupport
import Testing

@testable import Compiler

/// The same meaning gives the same bytes, and another meaning another digest: on random experiments.
///
/// `ATTUNE_EXPERIMENTS` says how many; a failure says the seed.
@Suite("Random experiments, shuffled, respelled and changed")
struct PlanPropertyTests {
  private static let batches = 10
  private static let experiments = getenv("ATTUNE_EXPERIMENTS").flatMap { Int(String(cString: $0)) } ?? 200

  private func compiled(_ text: String) -> (document: PlanDocument?, errors: [String]) {
    let compilation = compile(Array(text.utf8), path: "e.yaml", inputs: .recorded([]))
    let errors = compilation.diagnostics.filter { $0.severity == .error }.map {
      "\($0.message.code) \($0.message.text)"
    }
    return (compilation.plan.map { PlanDocument($0) }, errors)
  }

  @Test("Every spelling of a meaning gives the same plan, and another meaning another one", arguments: 0..<batches)
  func spellings(batch: Int) throws {
    var (compiled, changed) = (0, 0)
    let count = Self.experiments / Self.batches
    for index in 0..<count {
      let seed = UInt64(batch * 1_000_000 + index)
      var random = TestRandom(seed: seed)
      let meaning = RandomExperiment.make(seed: seed)
      let text = Respelling.text(of: meaning, seed: random.next())
      let (document, errors) = self.compiled(text)
      let other = Respelling.text(of: meaning, seed: random.next())
      let (otherDocument, otherErrors) = self.compiled(other)
      try #require(Set(errors) == Set(otherErrors), "seed \(seed)\n\(text)\n\(other)")
      try #require(errors.allSatisfy(Self.areExpected), "seed \(seed): \(errors)\n\(text)")
      guard let document else { continue }
      compiled += 1
      try #require(document.fileBytes == otherDocument?.fileBytes, "seed \(seed)\n\(text)\n\(other)")
      // As many trials as there are points, and more, are the same.
      let search = document.plan.search
      let isExhausted = search.trials == search.makeStrategy().count
      // A change may take the meaning away: then another is tried.
      for _ in 0..<4 {
        let change = meaning.changed(&random)
        guard change != meaning, !isExhausted || change.unbounded != meaning.unbounded else { continue }
        let changedText = Respelling.text(of: change, seed: random.next())
        guard let changedDocument = self.compiled(changedText).document else { continue }
        changed += 1
        try #require(changedDocument.digest != document.digest, "seed \(seed)\n\(text)\n\(changedText)")
        break
      }
    }
    #expect(compiled * 10 > count * 8 && changed * 10 > compiled * 8, "\(compiled) compiled, \(changed) changed")
  }

  /// Chance may give the defaults a constraint that they break, or constraints that leave nothing.
  private static func areExpected(_ error: String) -> Bool {
    ["E2021", "E2029", "E2030", "E2031"].contains { error.hasPrefix($0) }
  }
}

@Suite("Expressions and their text")
struct ExpressionTextTests {
  /// Over these every name is a parameter.
  private func read(_ text: String, over space: Space) -> (expression: Expression?, codes: [String]) {
    var diagnostics = Diagnostics()
    var sources = Sources()
    let source = sources.add(path: "e.yaml", bytes: Array(text.utf8))
    let located = Located(text, at: source.span(0..<text.utf8.count))
    guard let parsed = ExpressionParser.parse(located, in: source, into: &diagnostics) else {
      return (nil, diagnostics.all.map(\.message.code))
    }
    var reader = ExpressionReader(space, known: [], diagnostics) {
      space.indices(of: $0).isEmpty ? .metric : .parameter
    }
    let expression = reader.condition(parsed)
    return (expression, reader.diagnostics.all.map(\.message.code))
  }

  @Test("The text of an expression, read again, is the same expression; and so is every other spelling of it")
  func roundTrip() throws {
    var readable = 0
    for seed: UInt64 in 0..<3000 {
      let space = Space.random(seed: seed, isFinite: false)
      var expressions = RandomExpressions(over: space, metrics: ["loss", "eval/acc%"], seed: seed)
      let expression = expressions.condition(depth: 4)
      for text in [expression.description, ExpressionSpelling.text(of: expression, &expressions.random)] {
        let (read, codes) = read(text, over: space)
        // A choice may have no number where a random constant is one.
        guard codes.allSatisfy({ ["E4066", "E4067", "E4071"].contains($0) }) else {
          Issue.record("\(text): \(codes), seed \(seed)")
          return
        }
        guard let read else { continue }
        readable += 1
        // `.float(2)` and `.int(2)` are one number.
        try #require(read.json == expression.json, "\(text) is read as \(read), seed \(seed)")
      }
    }
    #expect(readable > 5000)
  }

  @Test("What is read is the same again after writing it to a document")
  func documents() throws {
    let space = Space([Parameter(name: "x", domain: .float(FloatRange(lower: 0, upper: 9)))])
    for text in ["x < 1", "x < 1.0", "x < 1e0", "x in [1, 2.5, 3]", "x < 9 - -0", "x < 1e300"] {
      let expression = try #require(read(text, over: space).expression)
      #expect(try JSON(parsing: expression.json.canonicalBytes) == expression.json)
      #expect(read("\(expression)", over: space).expression == expression)
    }
    #expect(read("x < 1", over: space).expression == read("x < 1.0", over: space).expression)
  }

  @Test("Words of the language can be names of parameters, in placeholders")
  func words() {
    let space = Space(
      (Expression.words.sorted() + ["a-b"]).map { Parameter(name: $0, domain: .int(IntRange(lower: 0, upper: 9))) })
    for parameter in space.parameters {
      let name = parameter.name
      #expect(read("${\(name)} > 3", over: space).expression == .compare(.greater, .name(name), .constant(.int(3))))
    }
  }

  @Test("A chain that is too long for a document is refused, however many parts it has", arguments: [201, 100_000])
  func chains(count: Int) {
    let space = Space([Parameter(name: "x", domain: .float(FloatRange(lower: 0, upper: 9)))])
    for (part, link) in [("x", " + "), ("x < 1", " or "), ("x < 1", " and "), ("x", " * ")] {
      func chain(_ count: Int) -> String { Array(repeating: part, count: count).joined(separator: link) }
      #expect(read(chain(count + 1) + " < 3", over: space).codes == ["E4072"])
      if part != "x" { #expect(read(chain(200), over: space).expression != nil) }
    }
  }
}
