/// Texts that look like passwords, tokens and keys. What a text looks like is a guess: it is good for warnings.
enum Credential {
  /// What the tokens of widely used services begin with.
  private static let prefixes = [
    "hf_", "ghp_", "gho_", "ghu_", "ghs_", "github_pat_", "glpat-", "sk-", "xoxb-", "xoxp-", "xoxa-", "AKIA", "ASIA",
    "AIza", "pypi-",
  ]
  private static let words: Set<String> = [
    "token", "secret", "password", "passwd", "apikey", "credential", "credentials",
  ]
  private static let keys: Set<String> = ["api", "access", "secret", "private", "auth", "signing", "encryption"]

  /// Whether a text holds a token of a known form: its prefix, and sixteen letters and digits or more behind it.
  static func isKnown(_ text: String) -> Bool {
    prefixes.contains { prefix in
      text.ranges(of: prefix).contains { range in
        let before = text[..<range.lowerBound].last
        let token = text[range.upperBound...].prefix { $0.isASCII && ($0.isLetter || $0.isNumber) || "_-".contains($0) }
        return !(before?.isLetter ?? false || before?.isNumber ?? false) && token.count >= 16
          && token.contains(where: \.isNumber)
      }
    }
  }

  /// Whether a variable or an option is named as what holds one: `HF_TOKEN`, `--api-key`.
  static func isNamed(_ name: String) -> Bool {
    let parts = name.lowercased().split { $0 == "_" || $0 == "-" || $0 == "." }.map(String.init)
    guard let last = parts.last else { return false }
    if words.contains(last) { return true }
    // Many a key opens nothing: `--sort-key`. In the environment they are few.
    return last == "key" && parts.dropLast().last.map { keys.contains($0) || name == name.uppercased() } ?? false
  }

  /// Whether a variable of this name and value is one that was written out.
  static func isLikely(_ value: String, for name: String) -> Bool {
    isKnown(value) || isNamed(name) && isWritten(value)
  }

  /// Whether an argument is one, or gives one: `--token=abc`, or `abc` after `--token`.
  static func isLikely(_ argument: String, after option: String) -> Bool {
    if isKnown(argument) { return true }
    if option.hasPrefix("--"), !option.contains("="), !argument.hasPrefix("-") {
      return isNamed(option) && isWritten(argument)
    }
    guard argument.hasPrefix("--"), let sign = argument.firstIndex(of: "=") else { return false }
    return isNamed(String(argument[..<sign])) && isWritten(String(argument[argument.index(after: sign)...]))
  }

  /// Not a number, a truth value, a path or another variable.
  private static func isWritten(_ value: String) -> Bool {
    !value.isEmpty && Double(value) == nil && !["true", "false", "none", "null"].contains(value.lowercased())
      && !value.contains { "$/`".contains($0) }
  }

  /// The first word of a script that is one, or sets one.
  static func first(inScript script: String) -> String? {
    var option = ""
    for word in script.split(whereSeparator: { $0.isWhitespace || ";|&<>()".contains($0) }).map(String.init) {
      let text = word.filter { $0 != "\"" && $0 != "'" }
      if isLikely(text, after: option) { return word }
      if let sign = text.firstIndex(of: "="), !text.hasPrefix("-"),
        isLikely(String(text[text.index(after: sign)...]), for: String(text[..<sign]))
      {
        return word
      }
      option = text
    }
    return nil
  }
}
