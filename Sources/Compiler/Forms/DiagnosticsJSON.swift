package import Artifacts

/// The document of `attune check --format json`: schemas/diagnostics.v1.schema.json describes it.
extension CheckReport {
  package static let schema = "attune/diagnostics/v1"

  package var json: JSON {
    .object([
      "schema": .string(Self.schema),
      "files": .array(files.map(\.json)),
      "diagnostics": .array(
        files.flatMap { file in
          file.compilation.map { compilation in compilation.diagnostics.map { $0.json(in: compilation.sources) } } ?? []
        }),
    ])
  }
}

extension CheckReport.File {
  fileprivate var json: JSON {
    .object([
      "path": .string(path), "errors": .int(count(.error)), "warnings": .int(count(.warning)),
      "failure": refusal.map(JSON.string),
      "changes": changes.isEmpty
        ? nil
        : .array(
          changes.map { change in
            .object([
              "code": .string(change.code), "title": .string(change.title), "line": .int(change.line),
              "column": .int(change.column),
            ])
          }),
    ])
  }
}

extension Diagnostic {
  package func json(in sources: Sources) -> JSON {
    .object([
      "code": .string(message.code), "severity": .string(severity.rawValue), "message": .string(message.text),
      "label": message.label.isEmpty ? nil : .string(message.label), "help": message.help.map(JSON.string),
      "place": sources.json(of: span),
      "related": related.isEmpty
        ? nil
        : .array(related.map { .object(["label": .string($0.label), "place": sources.json(of: $0.span)]) }),
      "fix": fix.map { fix in
        .object([
          "title": .string(fix.title), "safe": .bool(fix.isSafe),
          "edits": .array(
            fix.edits.map {
              .object(["place": sources.json(of: $0.span), "replacement": .string($0.replacement)])
            }),
        ])
      },
    ])
  }
}

extension Sources {
  fileprivate func json(of span: Span) -> JSON {
    let source = self[span]
    func position(_ offset: Int) -> JSON {
      let (line, column) = source.position(at: offset)
      return .object(["line": .int(line), "column": .int(column), "offset": .int(source.markSize + offset)])
    }
    return .object([
      "path": .string(source.path), "start": position(span.range.lowerBound), "end": position(span.range.upperBound),
    ])
  }
}
