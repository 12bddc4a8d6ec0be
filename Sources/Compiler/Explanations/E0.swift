/// E0: what is wrong with the bytes, or with the YAML.
extension Explanation {
  static let syntax = [
    Explanation(
      "E0001", "The file is too large",
      """
      An experiment is a text that people write and review; one of more than 16 MiB is most likely a data set, or a file \
      that was named by mistake. It is refused before it is read as YAML, so that no file can use up memory or time.
      """,
      wrong: .bytes("(a file of more than 16 MiB)") {
        Array(Example.text([]).utf8) + [UInt8](repeating: UInt8(ascii: "\n"), count: SourceText.maximumSize)
      },
      right: "description: data lies in files of its own, which `inputs` names"),
    Explanation(
      "E0002", "The file is not UTF-8",
      """
      YAML is UTF-8 text. A byte that is no part of a UTF-8 character mostly comes from an editor that saved the file in an \
      older encoding, such as Latin-1 or Windows-1252. Nothing behind that byte was looked at: save the file as UTF-8 and \
      check again.
      """,
      wrong: .bytes("description: caf\u{FFFD}  # é saved as Latin-1") {
        Array(Example.text([]).utf8) + Array("description: caf".utf8) + [0xE9, UInt8(ascii: "\n")]
      },
      right: "description: café"),
    Explanation(
      "E0003", "The file is UTF-16",
      """
      The file begins with the mark of UTF-16, in which every character takes two bytes or four; some editors on Windows \
      call it "Unicode". Experiments are UTF-8, with or without a byte order mark of its own.
      """,
      wrong: .bytes("(a file saved as UTF-16)") { [0xFF, 0xFE] + Array("attune: 1\n".utf8).flatMap { [$0, 0] } },
      right: "attune: 1"),
    Explanation(
      "E0004", "The file has a NUL byte",
      """
      A byte of value 0 is no character of YAML. It stands in programs, archives and images, in UTF-16 without a mark, and \
      in files that a crash left half written.
      """,
      wrong: .bytes("description: a␀b  # a byte of value 0") {
        Array(Example.text([]).utf8) + Array("description: a\0b\n".utf8)
      },
      right: "description: ab"),
    Explanation(
      "E0101", "A value goes on after its end",
      """
      A closing quote or bracket ends a value, and something stands behind it on the same line that is neither a comment nor \
      the end of what the value lies in. Mostly quotes were put around a part of a text: put the whole into quotes, or none \
      of it.
      """,
      wrong: "description: \"Adam\" against SGD",
      right: "description: '\"Adam\" against SGD'"),
    Explanation(
      "E0102", "A tab cannot indent",
      """
      How deep a line stands is counted in spaces, since nobody knows how wide a tab is shown. Let your editor insert \
      spaces; tabs within a line, between values, are fine.
      """,
      wrong: "budget:\n\ttrials: 10",
      right: "budget:\n  trials: 10"),
    Explanation(
      "E0103", "The file has more than one document",
      """
      A line of `---` begins another YAML document. An experiment is one document in one file, so that its path names it: \
      write the second into a file of its own.
      """,
      wrong: "description: first\n---\nattune: 1",
      right: "description: first"),
    Explanation(
      "E0104", "The file is empty",
      """
      There is nothing in the file, or nothing but comments. An experiment has at least `attune`, `name`, `objective`, \
      `parameters`, `search` and `trial`.
      """,
      wrong: .file("# to be written\n"),
      right: "name: test"),
    Explanation(
      "E0105", "This is nested too deep",
      """
      Lists and mappings may lie 64 levels deep within each other. No experiment comes near that; a file that does is \
      damaged, or made to exhaust whoever reads it.
      """,
      wrong: Example(
        "description: \(String(repeating: "[", count: 70))\(String(repeating: "]", count: 70))",
        shown: "description: [[[[[…]]]]]  # 70 times"),
      right: "description: not nested"),
    Explanation(
      "E0106", "There are too many values",
      """
      A file may have a million values, with every alias replaced by what it stands for. Aliases of aliases multiply: ten \
      lines of ten aliases each are ten thousand million values. Files like that are made to exhaust whoever reads them.
      """,
      wrong: .file(
        (1...7).reduce("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n") { text, level in
          let aliases = [String](repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
          return text + "a\(level): &a\(level) [\(aliases)]\n"
        }),
      right: "parameters: {a: {choice: &sizes [16, 32]}, b: {choice: *sizes}}\nbudget: {trials: 4}"),
    Explanation(
      "E0107", "There is no such anchor",
      """
      An alias, `*name`, stands for the value that the anchor `&name` marks. The anchor must stand above it in the same \
      file. A value that begins with a star, such as a file pattern, needs quotes.
      """,
      wrong: "parameters: {a: {float: &range [0, 1]}, b: {float: *rnage}}",
      right: "parameters: {a: {float: &range [0, 1]}, b: {float: *range}}"),
    Explanation(
      "E0108", "An alias stands within its own value",
      """
      The value would contain itself, and so on without an end. Set the anchor at the part that is meant.
      """,
      wrong: "search: &search {strategy: *search}",
      right: "search: {strategy: random}"),
    Explanation(
      "E0109", "A tag has no meaning here",
      """
      Tags such as `!!str` or `!include` tell YAML libraries what to make of a value; some let a file run code. Here the key \
      above a value says what type it has, and nothing is included or run. To make a text of a number, put it in quotes.
      """,
      wrong: "parameters: {lr: {float: [0, 1]}, fold: !!str 3}",
      right: "parameters: {lr: {float: [0, 1]}, fold: '3'}"),
    Explanation(
      "E0110", "A key stands twice",
      """
      Most YAML libraries take the last of two equal keys and drop the first without a word, so that the file does not say \
      what it seems to. Remove one of them.
      """,
      wrong: "budget: {trials: 10, trials: 20}",
      right: "budget: {trials: 20}"),
    Explanation(
      "E0111", "A key is no text",
      """
      YAML allows lists and mappings as keys, and attune has no use for them. Mostly a bracket or a brace was meant as a \
      part of a text, or a value stands where its key belongs.
      """,
      wrong: "budget: {[trials]: 10}",
      right: "budget: {trials: 10}"),
  ]
}
