package import Artifacts

/// Compiles an experiment: bytes → source text → tree → experiment → checks → plan.
///
/// A pure function of the bytes and of the input files, and it executes nothing. Each step reports all the mistakes it
/// can; a step that needs what an earlier one could not read is left out.
///
///     let compilation = compile(bytes, path: "experiment.yaml", inputs: .folder("."))
///     for diagnostic in compilation.diagnostics { print(diagnostic.text(in: compilation.sources)) }
///
/// - Parameters:
///   - path: as messages name the file; its last component is what the plan calls the experiment file.
///   - bases: where the texts are that it extends.
///   - settings: values in place of the file's, as `path=value`.
package func compile(
  _ bytes: [UInt8], path: String, inputs: InputOrigin, bases: BaseOrigin = .recorded([]), settings: [String] = []
) -> Compilation {
  var diagnostics = Diagnostics()
  var sources = Sources()
  let source = readSource(bytes, path: path, to: &sources, into: &diagnostics)
  var plan: Plan?
  var texts: [BaseText] = []
  if !diagnostics.hasErrors, let root = YAMLReader.read(source, into: &diagnostics) {
    let file = Path.name(of: path)
    let settings = Composition.normalized(settings)
    var composition = Composition(sources, diagnostics, from: bases, file: file)
    let whole = composition.composed(root, settings)
    (sources, diagnostics, texts) = (composition.sources, composition.diagnostics, composition.bases)
    guard let root = whole else {
      return Compilation(sources: sources, diagnostics: diagnostics.all, plan: nil, bases: [])
    }
    let experiment = ExperimentReader.read(root, of: sources, into: &diagnostics)
    let space = SpaceReader(experiment, diagnostics)
    let checks = Checks(experiment, of: sources, space)
    diagnostics = checks.diagnostics
    let files = InputFiles(of: experiment.trial, from: inputs, besides: [file] + texts.map(\.path), into: &diagnostics)
    if !diagnostics.hasErrors {
      plan = Lowering.plan(
        checks, outcomeConstraints: space.outcomeConstraints.map(\.value), inputs: files, file: file, into: &diagnostics
      )
    }
  }
  plan?.settings = Composition.normalized(settings)
  return Compilation(
    sources: sources, diagnostics: diagnostics.all, plan: diagnostics.hasErrors ? nil : plan, bases: texts)
}

/// What came of compiling.
package struct Compilation: Sendable {
  package let sources: Sources
  /// In the order of the file.
  package let diagnostics: [Diagnostic]
  /// Nil when there are errors.
  package let plan: Plan?
  /// What it extends.
  package let bases: [BaseText]
}

func readSource(
  _ bytes: [UInt8], path: String, to sources: inout Sources, into diagnostics: inout Diagnostics
) -> SourceText {
  if bytes.count > SourceText.maximumSize {
    let empty = sources.add(path: path, bytes: [])
    diagnostics.report(.tooLarge(bytes.count), at: empty.span(0..<0))
    return empty
  }
  if bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE]) {
    let empty = sources.add(path: path, bytes: [])
    diagnostics.report(.utf16, at: empty.span(0..<0))
    return empty
  }
  let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
  if let offset = firstInvalidOffset(in: body) {
    let start = sources.add(path: path, bytes: Array(body[..<offset]))
    diagnostics.report(.notUTF8(offset + bytes.count - body.count), at: start.span(offset..<offset))
    return start
  }
  let source = sources.add(path: path, bytes: body)
  if let offset = body.firstIndex(of: 0) { diagnostics.report(.nulInFile, at: source.span(offset..<offset + 1)) }
  return source
}

/// The offset of the first byte that is no part of a UTF-8 character; nil when there is none.
private func firstInvalidOffset(in bytes: [UInt8]) -> Int? {
  guard String(validating: bytes, as: UTF8.self) == nil else { return nil }
  var decoder = UTF8.ForwardParser()
  var iterator = bytes.makeIterator()
  var offset = 0
  while case .valid(let character) = decoder.parseScalar(from: &iterator) { offset += character.count }
  return offset
}
