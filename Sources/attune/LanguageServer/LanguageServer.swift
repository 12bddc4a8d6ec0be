internal import Artifacts
internal import Compiler

/// Answers an editor's questions about the experiments that it has open (Language Server Protocol 3.17).
///
/// One message after the other: an experiment compiles in milliseconds.
struct LanguageServer {
  private let service: LanguageService
  private var documents: [String: OpenDocument] = [:]
  private var isShutDown = false

  init() throws { service = try LanguageService() }

  /// Until the editor leaves.
  ///
  /// - Returns: whether it took its leave as the protocol asks.
  mutating func serve() -> Bool {
    var stream = MessageStream()
    while let message = stream.next() {
      guard let method = message["method"]?.string else { continue }
      if method == "exit" { return isShutDown }
      let parameters = message["params"] ?? .null
      guard let id = message["id"] else {
        take(method, parameters)
        continue
      }
      guard let result = answer(method, parameters) else {
        MessageStream.send(MessageStream.failure(id, code: -32601, "`\(method)` is not known here"))
        continue
      }
      MessageStream.send(MessageStream.answer(id, result))
    }
    return false
  }

  // MARK: - Notifications

  private mutating func take(_ method: String, _ parameters: JSON) {
    guard let uri = parameters["textDocument"]?["uri"]?.string else { return }
    switch method {
    case "textDocument/didOpen":
      documents[uri] = OpenDocument(uri: uri, text: parameters["textDocument"]?["text"]?.string ?? "")
      publish(uri)
    case "textDocument/didChange":
      guard var document = documents.removeValue(forKey: uri) else { return }
      for change in parameters["contentChanges"]?.array ?? [] {
        let text = Array((change["text"]?.string ?? "").utf8)
        if let range = change["range"], let start = range["start"], let end = range["end"] {
          let (from, to) = (document.offset(of: start), document.offset(of: end))
          document.bytes.replaceSubrange(from..<max(from, to), with: text)
        } else {
          document.bytes = text
        }
      }
      documents[uri] = document
      publish(uri)
    case "textDocument/didSave":
      // Files beside it may have changed.
      if let text = documents[uri]?.bytes { documents[uri]?.bytes = text }
      publish(uri)
    case "textDocument/didClose":
      documents[uri] = nil
      MessageStream.send(
        MessageStream.notification(
          "textDocument/publishDiagnostics", .object(["uri": .string(uri), "diagnostics": .array([])])))
    default: break
    }
  }

  private func publish(_ uri: String) {
    guard let document = documents[uri] else { return }
    let diagnostics = document.compilation.diagnostics.map { describe($0, in: document) }
    MessageStream.send(
      MessageStream.notification(
        "textDocument/publishDiagnostics", .object(["uri": .string(uri), "diagnostics": .array(diagnostics)])))
  }

  private func describe(_ diagnostic: Diagnostic, in document: OpenDocument) -> JSON {
    let sources = document.compilation.sources
    var text = diagnostic.message.text
    if !diagnostic.message.label.isEmpty { text += ": \(diagnostic.message.label)" }
    if let help = diagnostic.message.help { text += "\nhelp: \(help)" }
    var range = JSON.null
    if diagnostic.span.source == 0 {
      range = document.range(diagnostic.span)
    } else {
      // A mistake in what the experiment extends is shown at its beginning, with the place in words.
      let place = sources.place(of: diagnostic.span)
      text = "\(place.path):\(place.line):\(place.column): \(text)"
      range = document.range(0..<0)
    }
    let related = diagnostic.related.filter { $0.span.source == 0 }.map { other in
      JSON.object([
        "location": .object(["uri": .string(document.uri), "range": document.range(other.span)]),
        "message": .string(other.label),
      ])
    }
    return .object([
      "range": range, "severity": .int(diagnostic.severity == .error ? 1 : 2),
      "code": .string(diagnostic.message.code), "source": .string("attune"), "message": .string(text),
      "relatedInformation": related.isEmpty ? nil : .array(related),
    ])
  }

  // MARK: - Requests

  /// Nil for a method that is not known.
  private mutating func answer(_ method: String, _ parameters: JSON) -> JSON? {
    switch method {
    case "initialize": return capabilities
    case "shutdown":
      isShutDown = true
      return .null
    default: break
    }
    guard method.hasPrefix("textDocument/") else { return nil }
    guard let uri = parameters["textDocument"]?["uri"]?.string, let document = documents[uri] else { return .null }
    switch method {
    case "textDocument/completion": return completions(document, parameters)
    case "textDocument/hover": return hover(document, parameters)
    case "textDocument/codeAction": return fixes(document, parameters)
    default: return nil
    }
  }

  private var capabilities: JSON {
    .object([
      "capabilities": .object([
        "textDocumentSync": .object(["openClose": .bool(true), "change": .int(2), "save": .bool(true)]),
        "completionProvider": .object([
          "triggerCharacters": .array([":", " ", "{", "$", ","].map(JSON.string))
        ]),
        "hoverProvider": .bool(true),
        "codeActionProvider": .object(["codeActionKinds": .array([.string("quickfix")])]),
      ]),
      "serverInfo": .object(["name": .string("attune"), "version": .string(Attune.version)]),
    ])
  }

  private func completions(_ document: OpenDocument, _ parameters: JSON) -> JSON {
    let offset = document.offset(of: parameters["position"] ?? .null)
    let (completions, replaced) = service.completions(in: document.bytes, at: offset, knowing: document.lastGood)
    let range = document.range(max(0, offset - replaced)..<offset)
    return .array(
      completions.map { completion in
        .object([
          "label": .string(completion.label), "kind": .int(completion.kind.number),
          "documentation": completion.documentation.isEmpty ? nil : markdown(completion.documentation),
          "textEdit": .object(["range": range, "newText": .string(completion.text)]),
        ])
      })
  }

  private func hover(_ document: OpenDocument, _ parameters: JSON) -> JSON {
    let offset = document.offset(of: parameters["position"] ?? .null)
    guard let hover = service.hover(in: document.bytes, at: offset, knowing: document.lastGood) else { return .null }
    return .object(["contents": markdown(hover.markdown), "range": document.range(hover.range)])
  }

  private func markdown(_ text: String) -> JSON {
    .object(["kind": .string("markdown"), "value": .string(text)])
  }

  /// The changes that mend what is wrong in a range.
  private func fixes(_ document: OpenDocument, _ parameters: JSON) -> JSON {
    let range = parameters["range"] ?? .null
    let start = document.offset(of: range["start"] ?? .null)
    let end = max(start, document.offset(of: range["end"] ?? .null))
    let mending = document.compilation.diagnostics.filter { diagnostic in
      guard let fix = diagnostic.fix, fix.edits.allSatisfy({ $0.span.source == 0 }) else { return false }
      return diagnostic.span.source == 0 && diagnostic.span.range.lowerBound <= end
        && diagnostic.span.range.upperBound >= start
    }
    return .array(
      mending.compactMap { diagnostic in
        guard let fix = diagnostic.fix else { return nil }
        let edits = fix.edits.map { edit in
          JSON.object(["range": document.range(edit.span), "newText": .string(edit.replacement)])
        }
        return .object([
          "title": .string(fix.title), "kind": .string("quickfix"), "isPreferred": .bool(fix.isSafe),
          "diagnostics": .array([describe(diagnostic, in: document)]),
          "edit": .object(["changes": .object([JSON.Member(document.uri, .array(edits))])]),
        ])
      })
  }
}

extension LanguageService.Completion.Kind {
  /// As the protocol numbers them: property, value, variable.
  fileprivate var number: Int {
    switch self {
    case .key: 10
    case .value: 12
    case .name: 6
    }
  }
}
