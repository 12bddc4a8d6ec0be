package import Artifacts

/// The Static Analysis Results Interchange Format, version 2.1.0 (OASIS, 2020), which code hosts and editors read.
extension CheckReport {
  /// - Parameter version: attune's.
  package func sarif(version: String) -> JSON {
    let codes = Set(files.flatMap { $0.diagnostics.map(\.message.code) }).sorted()
    let indices = Dictionary(uniqueKeysWithValues: codes.enumerated().map { ($1, $0) })
    let results = files.flatMap { file in
      file.diagnostics.map { $0.sarif(rule: indices[$0.message.code] ?? 0, file.compilation?.sources ?? Sources()) }
    }
    let failures = files.compactMap { file in file.refusal.map { "\(file.path): \($0)" } }
    let run = JSON.object([
      "tool": .object([
        "driver": .object([
          "name": .string("attune"), "version": .string(version), "rules": .array(codes.map(Self.rule)),
        ])
      ]),
      "columnKind": .string("unicodeCodePoints"),
      "invocations": .array([
        .object([
          "executionSuccessful": .bool(failures.isEmpty),
          "toolExecutionNotifications": .array(
            failures.map { .object(["level": .string("error"), "message": .object(["text": .string($0)])]) }),
        ])
      ]),
      "results": .array(results),
    ])
    return .object([
      "$schema": .string("https://json.schemastore.org/sarif-2.1.0.json"), "version": .string("2.1.0"),
      "runs": .array([run]),
    ])
  }

  private static func rule(_ code: String) -> JSON {
    func text(_ text: String) -> JSON { .object(["text": .string(text)]) }
    let explanation = Explanation[code]
    return .object([
      "id": .string(code), "shortDescription": explanation.map { text($0.title) },
      "fullDescription": explanation.map { text($0.text) },
      "help": explanation.map {
        .object(["text": .string($0.lines.joined(separator: "\n")), "markdown": .string($0.markdown)])
      },
      "defaultConfiguration": .object(["level": .string(code.hasPrefix("W") ? "warning" : "error")]),
    ])
  }
}

extension Diagnostic {
  fileprivate func sarif(rule: Int, _ sources: Sources) -> JSON {
    let parts = [message.text, message.label.isEmpty ? nil : message.label, message.help].compactMap(\.self)
    return .object([
      "ruleId": .string(message.code), "ruleIndex": .int(rule), "level": .string(severity.rawValue),
      "message": .object(["text": .string(parts.joined(separator: "\n"))]),
      "locations": .array([.object(["physicalLocation": sources.sarif(of: span)])]),
      "relatedLocations": related.isEmpty
        ? nil
        : .array(
          related.enumerated().map { index, other in
            .object([
              "id": .int(index + 1), "physicalLocation": sources.sarif(of: other.span),
              "message": .object(["text": .string(other.label)]),
            ])
          }),
      "fixes": fix.map { .array([$0.sarif(sources)]) },
    ])
  }
}

extension Fix {
  fileprivate func sarif(_ sources: Sources) -> JSON {
    let changes = edits.reduce(into: [(source: Int32, edits: [Edit])]()) { changes, edit in
      if let index = changes.firstIndex(where: { $0.source == edit.span.source }) {
        changes[index].edits.append(edit)
      } else {
        changes.append((edit.span.source, [edit]))
      }
    }
    return .object([
      "description": .object(["text": .string(title)]),
      "artifactChanges": .array(
        changes.map { change in
          .object([
            "artifactLocation": sources.sarifFile(of: change.edits[0].span),
            "replacements": .array(
              change.edits.map {
                .object([
                  "deletedRegion": sources.sarifRegion(of: $0.span),
                  "insertedContent": .object(["text": .string($0.replacement)]),
                ])
              }),
          ])
        }),
    ])
  }
}

extension Sources {
  fileprivate func sarif(of span: Span) -> JSON {
    .object(["artifactLocation": sarifFile(of: span), "region": sarifRegion(of: span)])
  }

  /// A path as a URI, by RFC 3986; relative to where attune runs unless it is absolute.
  fileprivate func sarifFile(of span: Span) -> JSON {
    let path = self[span].path
    let encoded = path.utf8.map { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"), UInt8(ascii: "/"):
        String(UnicodeScalar(byte))
      default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }.joined()
    return .object(["uri": .string(path.hasPrefix("/") ? "file://" + encoded : encoded)])
  }

  fileprivate func sarifRegion(of span: Span) -> JSON {
    let source = self[span]
    let (start, end) = (source.position(at: span.range.lowerBound), source.position(at: span.range.upperBound))
    return .object([
      "startLine": .int(start.line), "startColumn": .int(start.column), "endLine": .int(end.line),
      "endColumn": .int(end.column), "byteOffset": .int(source.markSize + span.range.lowerBound),
      "byteLength": .int(span.range.count),
    ])
  }
}
