import Testing

@testable import Compiler

@Suite("Mending")
struct MendingTests {
  private func mended(_ text: String) -> (text: String, changes: [String], codes: [String]) {
    let mending = Mending(Array(text.utf8)) { compile($0, path: "e.yaml", inputs: .recorded([])) }
    return (
      String(decoding: mending.bytes, as: UTF8.self), mending.changes.map { "\($0.line):\($0.column) \($0.code)" },
      mending.compilation.diagnostics.map(\.message.code)
    )
  }

  private func mended(section: String) -> String {
    let (text, _, _) = mended(Experiment.text([section]))
    return text.split(separator: "\n").first { $0.hasPrefix(section.prefix { $0 != ":" }) }.map(String.init) ?? ""
  }

  @Test(
    "What is certain is mended, and nothing around it",
    arguments: [
      ("budget: {trials: '10'}", "budget: {trials: 10}"),
      ("budget: { \"trials\" : \"1e2\" } # ten's", "budget: { \"trials\" : 1e2 } # ten's"),
      ("budget: {trials: 10, 'paralel': 2}", "budget: {trials: 10, 'parallel': 2}"),
      ("budget: {trials: 10, \"Parallel\": 2}", "budget: {trials: 10, \"parallel\": 2}"),
      ("parameters: {lr: {float: [ 1 , 1e-3 ], scale: lgo}}", "parameters: {lr: {float: [ 1e-3 , 1 ], scale: log}}"),
      ("parameters: {n: {int: [200, 1], scale: 'Log'}}", "parameters: {n: {int: [1, 200], scale: 'log'}}"),
      ("search: {strategy: \"radnom\"}", "search: {strategy: \"random\"}"),
      ("search: {stratgy: radnom, sed: '3'}", "search: {strategy: random, seed: 3}"),
      ("trial: {run: 'a ${args}', metrics: {frm: stdot}}", "trial: {run: 'a ${args}', metrics: {from: stdout}}"),
      ("attune: '1'", "attune: 1"), ("objective: {minimise: loss}", "objective: {minimize: loss}"),
      ("search: {strategy: list, points: [{l: 1}]}", "search: {strategy: list, points: [{l: 1}]}"),
    ])
  func certain(wrong: String, right: String) {
    #expect(mended(section: wrong) == right)
  }

  @Test(
    "What may be meant otherwise is left alone",
    arguments: [
      "budget: {trials: 10, trails: 20}", "budget: {trials: ten}", "budget: {trials: 'ten'}",
      "budget: {trials: 10, pralel: 2}", "parameters: {lr: [0, 1]}", "search: {strategy: rndm}", "attune: '2'",
      "name: a b", "budget: {trials: \"\\x31\"}", "parameters: {a: {float: &r [1, 0]}, b: {float: *r}}",
      "budget: {trials: &n '10', parallel: *n}",
    ])
  func uncertain(section: String) {
    let text = Experiment.text([section])
    // An anchor's own value may be mended; never its use.
    let after = mended(text).text
    if section.contains("&") {
      #expect(after.contains(section.contains("float") ? "b: {float: *r}" : "parallel: *n"))
    } else {
      #expect(after == text)
    }
  }

  @Test("What a change uncovers is mended too, and the whole is checked again")
  func rounds() {
    let wrong = "serch: {stratgy: radnom, sed: '1'}"
    let (text, changes, codes) = mended(Experiment.text([wrong], without: ["search"]))
    #expect(text.contains("search: {strategy: random, seed: 1}\n"))
    #expect(changes == ["7:1 E1001", "7:10 E1001", "7:27 E1001", "7:20 E3001", "7:34 E1009"])
    #expect(codes == [])
  }

  @Test("A byte order mark, CRLF, comments, tabs and wide letters stay as they are")
  func bytes() {
    let text =
      "\u{FEFF}# 学習率 👩‍👩‍👧‍👦\r\n" + Experiment.text(["budget: {\ttrials: '10'}\t# zehn"]).replacing("\n", with: "\r\n")
    #expect(mended(text).text == text.replacing("'10'", with: "10"))
  }

  @Test("What has been mended needs no more mending; with no mistake nothing changes")
  func again() {
    for marked in Marked.quick {
      let first = mended(marked.text)
      let second = mended(first.text)
      #expect(second.changes == [] && second.text == first.text, "\(marked.name)")
      #expect((first.changes == []) == (first.text == marked.text), "\(marked.name)")
      #expect(first.codes == second.codes)
    }
  }
}

@Suite("Suggestions")
struct SuggestionTests {
  @Test(
    "A name is suggested when few edits lead to it",
    arguments: [
      ("trails", "trials"), ("TRIALS", "trials"), ("triasl", "trials"), ("trial", "trials"), ("triials", "trials"),
      ("paralelle", "parallel"), ("lt", "lr"), ("r", nil), ("L", nil), ("LR", "lr"), ("xyz", nil), ("ab", nil),
      ("", nil),
      ("tirasl", "trials"), ("slairt", nil), ("learningrate", "learning_rate"), ("learning-rate", "learning_rate"),
      ("lerning_rat", "learning_rate"), ("earning_tax", nil), ("überall", nil), ("trіals", "trials"),
    ] as [(String, String?)])
  func closest(name: String, meant: String?) {
    #expect(Suggestion.closest(to: name, among: ["lr", "b", "trials", "parallel", "learning_rate"]) == meant)
  }

  @Test("Of several near names the nearest is suggested, and none is certain unless it is alone and free")
  func certain() {
    #expect(Suggestion.closest(to: "trialz", among: ["tribal", "trials"]) == "trials")
    #expect(Suggestion.certain("trialz", among: ["trials", "parallel"]) == "trials")
    #expect(Suggestion.certain("trialz", among: ["trials", "trialx"]) == nil)
    #expect(Suggestion.certain("trialz", among: ["trials"], besides: ["trials"]) == nil)
    #expect(Suggestion.certain("trilz", among: ["trials"]) == nil)
    #expect(Suggestion.certain("lt", among: ["lr"]) == nil)
  }

  @Test("Its distance is that of the plain definition, for random words")
  func definition() {
    /// Every edit by recursion.
    func distance(_ a: ArraySlice<Character>, _ b: ArraySlice<Character>) -> Int {
      guard let (x, y) = a.last.flatMap({ x in b.last.map { (x, $0) } }) else { return a.count + b.count }
      var best = min(
        distance(a.dropLast(), b) + 1, distance(a, b.dropLast()) + 1,
        distance(a.dropLast(), b.dropLast()) + (x == y ? 0 : 1))
      if a.count > 1, b.count > 1, x == b.dropLast().last, y == a.dropLast().last {
        best = min(best, distance(a.dropLast(2), b.dropLast(2)) + 1)
      }
      return best
    }
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<300 {
      func word(_ counts: ClosedRange<Int>) -> [Character] {
        (0..<Int.random(in: counts, using: &generator)).map { _ in "abc".randomElement(using: &generator) ?? "a" }
      }
      let (a, b) = (word(3...7), word(3...7))
      let near = distance(a[...], b[...]) <= max(1, a.count / 3)
      #expect((Suggestion.closest(to: String(a), among: [String(b)]) != nil) == near, "\(String(a)) \(String(b))")
    }
  }

  @Test("Of many names the first ones are listed")
  func list() {
    #expect(
      Suggestion.list([]) == "" && Suggestion.list(["a"]) == "`a`" && Suggestion.list(["a", "b"]) == "`a` and `b`")
    #expect(Suggestion.list((1...10_000).map { "p\($0)" }).hasSuffix(", `p24` and 9976 more"))
  }

  @Test("Ten thousand names are looked through in no time")
  func many() {
    let names = (0..<10_000).map { "parameter_\($0)" }
    let start = ContinuousClock.now
    for index in 1000..<1020 {
      #expect(Suggestion.closest(to: "parametr_\(index)", among: names) == "parameter_\(index)")
    }
    // In a debug build, on a machine that is busy; a release takes about a millisecond for each.
    #expect(ContinuousClock.now - start < .seconds(10))
  }
}
