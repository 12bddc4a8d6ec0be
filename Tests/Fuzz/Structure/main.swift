internal import Artifacts
internal import Compiler
internal import FuzzSupport

// An experiment that is drawn by the grammar, spelt in several ways: besides what is promised of every text, each
// spelling must meet the same mistakes, or give the same plan.
fuzz { start, count in
  var grammar = Grammar(Choices(Array(UnsafeBufferPointer(start: start, count: count))))
  let (tree, rest) = grammar.experiment()
  var spellers = [Speller(), Speller(isFlow: true), Speller(choices: rest)]
  let texts = spellers.indices.map { spellers[$0].spell(tree) }
  compare(texts + (tree.hasDuplicates ? [] : [spellers[0].spell(tree.reversed)]))
  return 0
}

/// Compiles the spellings; ends the process, with both texts, where one means something else than the first.
func compare(_ texts: [[UInt8]]) {
  let results = texts.map { Result(examine($0)) }
  for (text, result) in zip(texts, results) where result != results[0] {
    broken(
      """
      two spellings of the same differ.
      \(results[0])
      \(String(decoding: texts[0], as: UTF8.self))
      \(result)
      \(String(decoding: text, as: UTF8.self))
      """)
  }
}

/// What is the same for every spelling. An alias stands for its mistakes, so that their number is not.
struct Result: Equatable {
  var codes: Set<String>
  var digest: Digest?

  init(_ compilation: Compilation) {
    codes = Set(compilation.diagnostics.map(\.message.code))
    digest = compilation.plan.map { PlanDocument($0).digest }
  }
}
