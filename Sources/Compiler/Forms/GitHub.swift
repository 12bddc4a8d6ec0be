/// Commands of a GitHub workflow, which it shows as annotations of the lines:
///
///     ::error file=e.yaml,line=4,col=25,endLine=4,endColumn=31,title=E2007::the lower bound is above the upper one
extension CheckReport {
  package var githubLines: [String] {
    files.flatMap { file -> [String] in
      if let refusal = file.refusal {
        return ["::error file=\(Self.property(file.path)),title=attune::\(Self.data(refusal))"]
      }
      guard let compilation = file.compilation else { return [] }
      return compilation.diagnostics.map { Self.annotation($0, compilation.sources) }
    }
  }

  private static func annotation(_ diagnostic: Diagnostic, _ sources: Sources) -> String {
    let source = sources[diagnostic.span]
    let range = diagnostic.span.range
    let (start, end) = (source.position(at: range.lowerBound), source.position(at: range.upperBound))
    var properties = [
      "file=\(property(source.path))", "line=\(start.line)", "col=\(start.column)", "endLine=\(end.line)",
    ]
    // Columns have a meaning on a single line only.
    if start.line == end.line { properties.append("endColumn=\(end.column)") }
    let message = diagnostic.message
    properties.append("title=\(property(message.code))")
    let more = [message.label.isEmpty ? nil : message.label, message.help].compactMap(\.self)
    let text = ([message.text] + more).joined(separator: "\n")
    return "::\(diagnostic.severity.rawValue) \(properties.joined(separator: ","))::\(data(text))"
  }

  /// Only line feeds are left to be escaped: nothing else that a terminal would obey comes out.
  private static func data(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { TerminalText.printable(String($0)).replacing("%", with: "%25") }.joined(separator: "%0A")
  }

  private static func property(_ text: String) -> String {
    data(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
  }
}
