/// E0, from E0112 on, and W0: what is wrong with the YAML, construct by construct, and what YAML 1.1 reads otherwise.
extension Explanation {
  static let yaml = brackets + keysAndLines + texts + anchors + documents + characters + yaml11

  // MARK: Brackets

  private static let brackets = [
    Explanation(
      "E0112", "A bracket is not closed",
      """
      A list in brackets goes on, over as many lines as it takes, until its `]`, and a mapping until its `}`. The message \
      points at the one that was opened, since the closing one can be missing anywhere behind it. Many brackets in one line \
      are easily miscounted: write the outer ones as indented lines.
      """,
      wrong: "objective: {minimize: loss",
      right: "objective: {minimize: loss}"),
    Explanation(
      "E0113", "A bracket closes nothing",
      """
      Either one bracket too many was written, or an opening one too few. A text that begins with `]` or `}`, or holds one \
      within other brackets, needs quotes.
      """,
      wrong: "objective: {minimize: loss}}",
      right: "objective: {minimize: loss}"),
    Explanation(
      "E0115", "A comma is missing",
      """
      Within brackets entries are separated by commas, even if each stands on a line of its own. Without brackets they are \
      not: there, each line is an entry.
      """,
      wrong: """
        parameters: {
          lr: {float: [0, 1]}
          epochs: 20}
        """,
      right: """
        parameters: {
          lr: {float: [0, 1]},
          epochs: 20}
        """),
    Explanation(
      "E0116", "Nothing stands before a comma",
      """
      Two commas in a row, or one behind an opening bracket, leave an entry out. YAML does not say which value that would \
      be, and it may be one that was lost in editing. A comma behind the last entry is fine.
      """,
      wrong: "parameters: {lr: {float: [0,, 1]}}",
      right: "parameters: {lr: {float: [0, 1]}}"),
    Explanation(
      "E0126", "A dash begins no entry within brackets",
      """
      A list is written in one of two ways: as lines that begin with `- `, or in brackets with commas between the entries. \
      The two cannot be mixed in this direction, but an entry that begins with `- ` may hold brackets. A dash that is meant \
      as a text needs quotes; one that begins a word or a number, such as `-1`, does not.
      """,
      wrong: "parameters: {optimizer: {choice: [- adam, - sgd]}}",
      right: "parameters: {optimizer: {choice: [adam, sgd]}}"),
    Explanation(
      "E0135", "A line within brackets is indented too little",
      """
      YAML tells by the indentation where a key's value ends, within brackets and quotes too: their lines are indented more \
      than the key. Only a closing bracket may stand below the beginning of the key.
      """,
      wrong: """
        parameters:
          optimizer: {choice: [
          adam, sgd]}
        """,
      right: """
        parameters:
          optimizer: {choice: [
            adam, sgd]}
        """),
    Explanation(
      "E0141", "A placeholder within braces needs quotes",
      """
      Between `{` and `}` the braces of `${…}` are braces of YAML as well, and would begin another mapping. Put the whole \
      value in quotes, or write the section as indented lines, where no quotes are needed.
      """,
      wrong: "trial: {run: python train.py ${args}, inputs: []}",
      right: """
        trial:
          run: python train.py ${args}
          inputs: []
        """),
  ]

  // MARK: Keys and lines

  private static let keysAndLines = [
    Explanation(
      "E0117", "Nothing stands before a colon",
      """
      A colon with a space behind it ends a key, and there is none. Write the key, or put the value in quotes if the colon \
      is a part of it.
      """,
      wrong: "parameters: {: {float: [0, 1]}}",
      right: "parameters: {lr: {float: [0, 1]}}"),
    Explanation(
      "E0118", "A space is missing after a colon",
      """
      A colon ends a key only if a space or the end of the line stands behind it: `trials:10` is a text of nine characters. \
      That is why `12:30` and `http://host` need no quotes.
      """,
      wrong: "budget: {trials:10}",
      right: "budget: {trials: 10}"),
    Explanation(
      "E0119", "A line is no key with a value",
      """
      The lines around it are `key: value`, and this one has no colon with a space behind it. An equals sign does not stand \
      for one. If the line goes on with the text above, indent it more than that text's key.
      """,
      wrong: """
        budget:
          trials: 10
          parallel = 2
        """,
      right: """
        budget:
          trials: 10
          parallel: 2
        """),
    Explanation(
      "E0120", "A line has a second colon",
      """
      After `key: ` stands a value, and it cannot be another `key: value` on the same line. If the colon belongs to a text, \
      put the text in quotes. If a mapping is meant, write it in braces or as indented lines below the key.
      """,
      wrong: "description: note: the baseline",
      right: "description: 'note: the baseline'"),
    Explanation(
      "E0121", "A line stands below a value that is over",
      """
      A key has one value: either what stands on its line, or the indented lines below it. Mostly a line is indented by a \
      space too many, or the value above was written where its key belongs.
      """,
      wrong: """
        search: random
          seed: 7
        """,
      right: """
        search:
          strategy: random
          seed: 7
        """),
    Explanation(
      "E0122", "A line is indented like none of those around it",
      """
      All keys of a mapping begin in one column, and so do the dashes of a list. A line between two columns could belong to \
      the inner or to the outer one, and YAML does not guess.
      """,
      wrong: """
        search:
            strategy: random
          seed: 7
        """,
      right: """
        search:
          strategy: random
          seed: 7
        """),
    Explanation(
      "E0123", "A list begins on the line of its key",
      """
      A list that is written with dashes begins below its key, each entry on a line of its own. To keep a short one on the \
      key's line, write it in brackets.
      """,
      wrong: """
        parameters:
          optimizer:
            choice: - adam
        """,
      right: """
        parameters:
          optimizer:
            choice: [adam, sgd]
        """),
    Explanation(
      "E0124", "An entry of a list stands among keys",
      """
      Lines of one indentation are either the keys of a mapping or the entries of a list. Mostly the list's own key is \
      missing above its first entry.
      """,
      wrong: """
        parameters:
          optimizer:
            default: adam
            - adam
            - sgd
        """,
      right: """
        parameters:
          optimizer:
            default: adam
            choice:
              - adam
              - sgd
        """),
    Explanation(
      "E0125", "A line without a dash stands among entries",
      """
      Lines of one indentation are either the entries of a list, each with its `- `, or the keys of a mapping. Add the dash, \
      or indent the line further if it is a part of the entry above.
      """,
      wrong: """
        stopping:
          - plateau: {trials: 5}
          target: true
        """,
      right: """
        stopping:
          - plateau: {trials: 5}
        """),
    Explanation(
      "E0138", "A key is too long",
      """
      YAML ends its search for the colon of a key after 1024 characters, so that a long text is not read to its end again \
      and again. No key of an experiment is nearly as long: mostly a quote or the end of a line is missing.
      """,
      wrong: Example(
        "parameters: {\(String(repeating: "x", count: 1025)): {float: [0, 1]}}",
        shown: "parameters: {xxxxx…: {float: [0, 1]}}  # 1025 times"),
      right: "parameters: {x: {float: [0, 1]}}"),
    Explanation(
      "E0139", "A key goes over several lines",
      """
      A key and its colon stand on one line, in quotes too. What is explained at such length belongs into a comment or into \
      the `description`.
      """,
      wrong: """
        parameters:
          "learning
            rate": {float: [0, 1]}
        """,
      right: """
        parameters:
          learning_rate: {float: [0, 1]}
        """),
    Explanation(
      "E0140", "A question mark begins a key",
      """
      With `? ` YAML writes keys that are lists, mappings or texts of many lines. Keys of an experiment are short names, \
      which need no mark. A text that begins with a question mark and a space stands in quotes.
      """,
      wrong: """
        parameters:
          ? lr
          : {float: [0, 1]}
        """,
      right: """
        parameters:
          lr: {float: [0, 1]}
        """),
  ]

  // MARK: Texts

  private static let texts = [
    Explanation(
      "E0114", "A quote is not closed",
      """
      A text in quotes goes on over line ends until its closing quote, so a missing one would swallow the lines below. The \
      message points at the quote that was opened, and reading goes on with the next line that looks like a key.
      """,
      wrong: "description: 'the baseline",
      right: "description: 'the baseline'"),
    Explanation(
      "E0127", "A value cannot begin with this character",
      """
      YAML keeps `@` and the back quote for later versions, and `%`, `|` and `>` mean something else where a value begins. \
      In the middle of a text they are fine; at its beginning the text needs quotes.
      """,
      wrong: "description: @NeurIPS baseline",
      right: "description: '@NeurIPS baseline'"),
    Explanation(
      "E0132", "A text stands on the line of its `|` or `>`",
      """
      Behind `|`, which keeps line ends, and `>`, which joins lines, the text begins on the next line, indented. Only how it \
      is indented and how it ends may stand beside the sign: `|2`, `|-`, `>+`. A text of one line needs neither.
      """,
      wrong: "description: | the baseline",
      right: "description: the baseline"),
    Explanation(
      "E0133", "A line of a text is indented too little",
      """
      The first line of a text below `|` or `>` says how far it is indented, and that much is taken away from every line. \
      A line with less can belong neither to the text nor to the keys around it.
      """,
      wrong: """
        description: |
            the baseline
          without augmentation
        """,
      right: """
        description: |
          the baseline
          without augmentation
        """),
    Explanation(
      "E0134", "An empty line has more spaces than the first line of its text",
      """
      The first line of a text below `|` or `>` that is not empty says how far it is indented. An empty line above it with \
      more spaces would have to be a line of spaces and an empty one at once. Remove the spaces: editors can do so for the \
      ends of all lines.
      """,
      wrong: Example(
        "description: |\n      \n  the baseline", shown: "description: |\n␠␠␠␠␠␠\n  the baseline  # ␠ is a space"),
      right: "description: |\n\n  the baseline"),
    Explanation(
      "E0136", "A comment needs a space before it",
      """
      A `#` begins a comment only behind a space or at the beginning of a line, so that it can stand within a word, as in \
      `C#` or an address. Directly behind a closing quote, a bracket or a comma it is neither.
      """,
      wrong: "description: 'the baseline'# not to be changed",
      right: "description: 'the baseline' # not to be changed"),
    Explanation(
      "E0137", "There is no such escape",
      """
      Within double quotes a backslash begins an escape, such as `\\n` for the end of a line or `\\u00e9` for é, and only \
      those that YAML knows are allowed. A backslash itself is written twice. Regular expressions and paths of Windows are \
      better off in single quotes or without any, where a backslash means itself.
      """,
      wrong: "description: \"folds match fold\\d\"",
      right: "description: 'folds match fold\\d'"),
  ]

  // MARK: Anchors, aliases and merge keys

  private static let anchors = [
    Explanation(
      "E0128", "The name of an anchor or an alias is missing",
      """
      `&name` in front of a value gives it a name, and `*name` stands for that value elsewhere. A text that begins with one \
      of these signs, such as a pattern of files, needs quotes.
      """,
      wrong: "description: * marks the baseline",
      right: "description: '* marks the baseline'"),
    Explanation(
      "E0129", "A value has two names",
      """
      A value has one anchor at most, by which all aliases call it. An alias has none, since the value that it stands for \
      has its own.
      """,
      wrong: "parameters: {a: {float: &unit &range [0, 1]}, b: {float: *range}}",
      right: "parameters: {a: {float: &unit [0, 1]}, b: {float: *unit}}"),
    Explanation(
      "E0130", "A space is missing after the name of an anchor",
      """
      The name of an anchor, of an alias or of a tag is made of letters, digits, dashes and the like, and ends with a space \
      or a line. Whether what follows belongs to the name, programs that read YAML do not agree.
      """,
      wrong: "parameters: {a: {float: &unit[0, 1]}, b: {float: *unit}}",
      right: "parameters: {a: {float: &unit [0, 1]}, b: {float: *unit}}"),
    Explanation(
      "E0131", "An anchor stands before a dash",
      """
      On the line of a dash, an anchor could name the list or its first entry. That of the list stands behind the list's \
      key; that of an entry stands behind its dash.
      """,
      wrong: """
        parameters:
          batch:
            choice:
              &sizes - 16
              - 32
        """,
      right: """
        parameters:
          batch:
            choice: &sizes
              - 16
              - 32
          hidden:
            choice: *sizes
        """),
    Explanation(
      "E0148", "A merge key brings in no mapping",
      """
      `<<: *name` brings the keys of another mapping into this one; keys that stand here as well win. That other value must \
      be a mapping, or a list of mappings, of which the earlier ones win. Set the anchor at the mapping, not at a value \
      within it.
      """,
      wrong: """
        parameters:
          a: {float: &unit [0, 1]}
          b: {<<: *unit, default: 0.5}
        """,
      right: """
        parameters:
          a: &unit {float: [0, 1]}
          b: {<<: *unit, default: 0.5}
        """),
  ]

  // MARK: Documents and directives

  /// An experiment with other first lines, of which people see the line below as well.
  private static func experiment(after head: String) -> Example {
    .file(head + Example.text([]), shown: head + "attune: 1")
  }

  private static let documents = [
    Explanation(
      "E0142", "The experiment begins on the line of its marker",
      """
      `---` marks the beginning of a document, and a mapping or a list that is written in lines begins below it. An \
      experiment needs no marker, since there is one in each file.
      """,
      wrong: experiment(after: "--- "),
      right: experiment(after: "---\n")),
    Explanation(
      "E0143", "The file says another version of YAML",
      """
      Experiments are YAML 1.2. In YAML 1.1 some values mean something else: `no` is false there, and `010` is 8. Rather than \
      read them otherwise than the file says, attune refuses it. Remove the line once you have looked at such values.
      """,
      wrong: experiment(after: "%YAML 1.1\n---\n"),
      right: experiment(after: "%YAML 1.2\n---\n")),
    Explanation(
      "E0144", "A directive has no meaning here",
      """
      Lines at the top that begin with `%` tell programs how to read the file. `%TAG` gives short names to tags, which \
      experiments do not have, and others belong to single programs. Only `%YAML 1.2` may stand here.
      """,
      wrong: experiment(after: "%TAG ! tag:example.com,2000:\n---\n"),
      right: experiment(after: "---\n")),
    Explanation(
      "E0145", "The version of YAML is said twice",
      """
      The line `%YAML 1.2` stands once at the top of the file, or not at all. A second one, even if it says the same, is not \
      allowed by YAML.
      """,
      wrong: experiment(after: "%YAML 1.2\n%YAML 1.2\n---\n"),
      right: experiment(after: "%YAML 1.2\n---\n")),
    Explanation(
      "E0146", "A marker is missing below the version of YAML",
      """
      After a line such as `%YAML 1.2` the document begins with a line of `---`; without one, nothing ends the lines that \
      are about the file and not of it. Most experiments need neither of the two.
      """,
      wrong: experiment(after: "%YAML 1.2\n"),
      right: experiment(after: "%YAML 1.2\n---\n")),
    Explanation(
      "E0147", "A line that begins with `%` stands below the top",
      """
      Such lines are directives, which say how the file is read, and the reading has begun. A text that begins with `%` is \
      put in quotes, or indented as a part of the text above.
      """,
      wrong: "description: after the first\n%10 of the steps",
      right: "description: after the first\n  %10 of the steps"),
  ]

  // MARK: Characters

  private static let characters = [
    Explanation(
      "E0150", "A key stands twice in other characters",
      """
      A letter with an accent can be one character, or a letter and an accent behind it. Both look the same, and they are \
      the same in Unicode's normal form NFC; so two such keys are one key that stands twice. They mostly come from copying \
      between systems. Remove one of them.
      """,
      wrong: Example(
        "parameters: {lr: {float: [0, 1]}, city: {choice: {Oslo: {}, Z\u{FC}rich: {}, Zu\u{308}rich: {}}}}",
        shown:
          "parameters: {lr: {float: [0, 1]}, city: {choice: {Oslo: {}, Zürich: {}, Zürich: {}}}}  # the second with an accent of its own"
      ),
      right: "parameters: {lr: {float: [0, 1]}, city: {choice: {Oslo: {}, Zürich: {}}}}"),
    Explanation(
      "E0151", "A letter of a key is not what it looks like",
      """
      Some letters of the Cyrillic and the Greek alphabet look like Latin ones, and so do the wide letters of East Asian \
      fonts. To every program they are other letters, so such a key is none that is known here, or a second one beside its \
      double. Keys that are wholly in another alphabet are fine.
      """,
      wrong: Example(
        "parameters: {lr: {fl\u{43E}at: [0, 1]}}",
        shown: "parameters: {lr: {fl\u{43E}at: [0, 1]}}  # the `o` is Cyrillic"),
      right: "parameters: {lr: {float: [0, 1]}}"),
    Explanation(
      "E0152", "A character cannot be seen",
      """
      A character without width, such as one that web pages put where a line may break, or one that turns the direction of \
      writing, makes two texts differ that look alike, or shows a text in another order than it is read. Remove it. Where it \
      is meant, as in some scripts and pictures, quotes say so.
      """,
      wrong: Example(
        "search: {strategy: random\u{200B}}", shown: "search: {strategy: random}  # behind `random` is U+200B"),
      right: "search: {strategy: random}"),
    Explanation(
      "E0153", "A space is none to YAML",
      """
      Only the space of ASCII separates and indents. The hard space, which some keyboards and many web pages write, and the \
      wide ones of other scripts look like it, and to YAML they are letters: a value would silently begin with one. Put an \
      ordinary space there, or quotes around a text to which it belongs.
      """,
      wrong: Example(
        "budget:\n\u{A0}\u{A0}trials: 10", shown: "budget:\n␠␠trials: 10  # ␠ is a hard space, U+00A0"),
      right: "budget:\n  trials: 10"),
    Explanation(
      "E0154", "These quotes are letters to YAML",
      """
      Word processors and chat programs turn straight quotes into curly ones. YAML knows only `\"` and `'`; others would be a \
      part of the text. Write straight ones, and put them around the others where a text is to have both.
      """,
      wrong: "description: \u{201C}the baseline\u{201D}",
      right: "description: \"the baseline\""),
    Explanation(
      "E0155", "A character of a number is not what it looks like",
      """
      Signs that look like a digit, a minus or a point, such as the minus of mathematics (U+2212) and wide digits, come along \
      when a number is copied from a paper or a page. With one of them the value is a text. Type the number anew.
      """,
      wrong: Example(
        "parameters: {lr: {float: [1e\u{2212}4, 1]}}",
        shown: "parameters: {lr: {float: [1e\u{2212}4, 1]}}  # the minus is U+2212"),
      right: "parameters: {lr: {float: [1e-4, 1]}}"),
    Explanation(
      "E0156", "The file has a control character",
      """
      Control characters are not part of YAML, but for tabs and the ends of lines. On a terminal they can move the cursor or \
      change colours, and so hide what the file says. They come from output that was copied with its colours. Within double \
      quotes, an escape such as `\\e` says which one is meant.
      """,
      wrong: .bytes("description: ␛[31mred  # ␛ is the byte 0x1B") {
        Array(Example.text(["description: \u{1B}[31mred"]).utf8)
      },
      right: "description: \"\\e[31mred\""),
    Explanation(
      "E0157", "The file is UTF-32",
      """
      Every character of the file takes four bytes. YAML allows that and hardly a program reads it; experiments are UTF-8, \
      which editors offer when they save a file.
      """,
      wrong: .bytes("(a file saved as UTF-32)") { "attune: 1\n".utf8.flatMap { [$0, 0, 0, 0] } },
      right: "attune: 1"),
    Explanation(
      "E0158", "There are too many mistakes",
      """
      After a hundred mistakes of YAML the rest of the file is not read: it is most likely no YAML at all. If it is, mend \
      the first ones and check again, since one mistake can bring about many.
      """,
      wrong: Example(
        "stopping:\n" + String(repeating: "  - plateau: trials: 5\n", count: 101),
        shown: "stopping:\n  - plateau: trials: 5\n  …  # 101 times"),
      right: "stopping:\n  - plateau: {trials: 5}"),
  ]

  // MARK: What YAML 1.1 reads otherwise

  private static let yaml11 = [
    Explanation(
      "W0001", "YAML 1.1 does not read this as a text",
      """
      In YAML 1.1, which PyYAML reads, `yes`, `no`, `on` and `off` are true and false, `010` is 8, and `12:30` is 750. In \
      YAML 1.2, which attune reads, they are texts. No key says here which is meant, so a script that reads this file could \
      see another value than the trial does. Quotes make it a text for both; for a truth value, write `true` or `false`.
      """,
      wrong: "parameters: {lr: {float: [0, 1]}, amp: {choice: [on, off]}}",
      right: "parameters: {lr: {float: [0, 1]}, amp: {choice: ['on', 'off']}}"),
    Explanation(
      "W0002", "YAML 1.1 does not read this as a number",
      """
      In YAML 1.1, which PyYAML reads, a number with an exponent has a point before it and a sign in it: `1e-3` is a text \
      there, and `1.0e-3` is a number for both. A script that reads this file could see another value than the trial does. \
      Where a key says that a number belongs there, as `float` does, attune does not warn.
      """,
      wrong: "parameters: {dropout: {float: [0, 0.5]}, lr: {choice: [1e-3, 1e-2]}}",
      right: "parameters: {dropout: {float: [0, 0.5]}, lr: {choice: [1.0e-3, 1.0e-2]}}"),
  ]
}
