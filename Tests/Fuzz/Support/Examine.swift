internal import Artifacts
package import Compiler

/// Compiles what a fuzzer has made, and holds what comes back to what is promised of every text there is.
///
/// A promise that is broken ends the process, so that libFuzzer keeps the text.
@discardableResult
package func examine(_ bytes: [UInt8]) -> Compilation {
  let compilation = compile(bytes, path: "experiment.yaml", inputs: .recorded([]))
  let hasErrors = compilation.diagnostics.contains { $0.severity == .error }
  promise(hasErrors == (compilation.plan == nil), "there is a plan exactly where there are no errors")
  for diagnostic in compilation.diagnostics { examine(diagnostic, in: compilation.sources) }
  if let plan = compilation.plan { examine(plan) }
  return compilation
}

private func examine(_ diagnostic: Diagnostic, in sources: Sources) {
  let code = diagnostic.message.code
  for span in [diagnostic.span] + diagnostic.related.map(\.span) { examine(span, of: code, in: sources) }
  if let edits = diagnostic.fix?.edits {
    promise(!edits.isEmpty, "the fix of \(code) changes nothing")
    for edit in edits { examine(edit.span, of: code, in: sources) }
    for (edit, next) in zip(edits, edits.dropFirst()) {
      promise(edit.span.range.upperBound < next.span.range.lowerBound, "the edits of \(code) touch")
    }
  }
  let text = diagnostic.text(in: sources)
  promise(text.hasSuffix("\n"), "\(code) is said without an end")
  promise(
    text.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control },
    "\(code) would send a control character to the terminal")
}

/// A span lies in its text and cuts no character.
private func examine(_ span: Span, of code: String, in sources: Sources) {
  promise(sources.all.indices.contains(Int(span.source)), "\(code) stands in no source")
  let bytes = sources[span].bytes
  promise(span.range.upperBound <= bytes.count, "\(code) stands beyond the end")
  for bound in [span.range.lowerBound, span.range.upperBound] where bound < bytes.count {
    promise(bytes[bound] & 0xC0 != 0x80, "\(code) cuts a character")
  }
  let (_, line, column) = sources.place(of: span)
  promise(line >= 1 && column >= 1, "\(code) stands at no place")
}

/// Ends the process, so that libFuzzer keeps the input, where a promise does not hold.
package func promise(_ holds: Bool, _ words: @autoclosure () -> String) {
  if !holds { broken(words()) }
}

package func broken(_ words: String) -> Never {
  fatalError("a promise is broken: \(words)")
}

/// A plan is read back as it was written.
private func examine(_ plan: Plan) {
  let document = PlanDocument(plan)
  let bytes = document.fileBytes
  do {
    // What an experiment without a trial compiles to is for sessions alone.
    let isForSession = plan.trial.command.isEmpty
    let read = try PlanDocument(json: JSON(document: bytes), isForSession: isForSession)
    promise(read.plan == plan && read.digest == document.digest, "the plan is another when it is read back")
    promise(read.fileBytes == bytes, "the plan is written in another way when it is read back")
  } catch {
    broken("the plan cannot be read back: \(error.description)")
  }
}
