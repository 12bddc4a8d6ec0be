package import Artifacts
package import Search

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
///   - interpreter: gives the interpreter that a program is, or is run by; nil when it is none that is known.
///   - variable: gives the digest of the value of a variable of the environment; nil when it is not set.
package func compile(
  _ bytes: [UInt8], path: String, inputs: InputOrigin, bases: BaseOrigin = .recorded([]), settings: [String] = [],
  interpreter: (TrialTemplate.Program) -> Interpreter? = { _ in nil },
  variable: (String) -> Digest? = { _ in nil }
) -> Compilation {
  var diagnostics = Diagnostics()
  var sources = Sources()
  let source = readSource(bytes, path: path, to: &sources, into: &diagnostics)
  guard !diagnostics.hasErrors, let own = YAMLReader.read(source, into: &diagnostics) else {
    return Compilation(sources: sources, diagnostics: diagnostics.all)
  }
  let file = Path.name(of: path)
  let settings = Composition.normalized(settings)
  var composition = Composition(sources, diagnostics, from: bases, file: file)
  let root = composition.composed(own, settings)
  (sources, diagnostics) = (composition.sources, composition.diagnostics)
  guard let root else { return Compilation(sources: sources, diagnostics: diagnostics.all) }
  let experiment = ExperimentReader.read(root, of: sources, into: &diagnostics)
  let space = SpaceReader(experiment, diagnostics)
  let checks = Checks(experiment, of: sources, space)
  diagnostics = checks.diagnostics
  let texts = [file] + composition.bases.map(\.path)
  let made = experiment.outputs
  let files = InputFiles(
    of: experiment.trial?.demand, from: inputs, besides: texts, made: made, into: &diagnostics)
  let stepFiles = experiment.steps.map {
    InputFiles(of: $0.demand, from: inputs, besides: texts, made: made, into: &diagnostics)
  }
  var plan: Plan?
  if !diagnostics.hasErrors {
    let constraints = space.outcomeConstraints.map(\.value)
    plan = Lowering.plan(checks, outcomeConstraints: constraints, inputs: files, file: file, into: &diagnostics)
    for (declaration, files) in zip(experiment.steps, stepFiles) where plan != nil {
      guard let step = Lowering.step(declaration, of: experiment, inputs: files, into: &diagnostics) else { continue }
      if declaration.kind == .prepare { plan?.prepare.append(step) } else { plan?.finally.append(step) }
    }
    plan?.sortSteps()
    plan?.settings = settings
    if let program = plan?.trial.program, let policy = experiment.trial?.interpreter, policy != .any {
      plan?.trial.interpreter = interpreter(program)?.counted(by: policy)
    }
  }
  if let templates = plan.map({ plan in [plan.trial] + (plan.prepare + plan.finally).map(\.template) }) {
    for name in Set(templates.flatMap(\.inheritedVariables)) {
      plan?.variables[name] = variable(name)
    }
  }
  return Compilation(
    sources: sources, diagnostics: diagnostics.all, plan: diagnostics.hasErrors ? nil : plan, bases: composition.bases,
    space: space.isComplete ? space.space : nil)
}

/// What came of compiling.
package struct Compilation: Sendable {
  package let sources: Sources
  /// In the order of the file.
  package let diagnostics: [Diagnostic]
  /// Nil when there are errors.
  package var plan: Plan?
  /// What it extends.
  package var bases: [BaseText] = []
  /// What is tuned, where all of it could be read, whatever is wrong elsewhere.
  package var space: Space?
}

func readSource(
  _ bytes: [UInt8], path: String, to sources: inout Sources, into diagnostics: inout Diagnostics
) -> SourceText {
  if let message = Message.notText(bytes) {
    let empty = sources.add(path: path, bytes: [])
    diagnostics.report(message, at: empty.span(0..<0))
    return empty
  }
  let markSize = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  let body = markSize > 0 ? Array(bytes.dropFirst(markSize)) : bytes
  do {
    _ = try UTF8Span(validating: body.span)
  } catch {
    let offset = error.byteOffsets.lowerBound
    let start = sources.add(path: path, bytes: Array(body[..<offset]), markSize: markSize)
    diagnostics.report(.notUTF8(offset + markSize), at: start.span(offset..<offset))
    return start
  }
  let source = sources.add(path: path, bytes: body, markSize: markSize)
  if let offset = body.firstIndex(of: 0) {
    diagnostics.report(.nulInFile, at: source.span(offset..<offset + 1))
  } else if let range = firstControlCharacter(in: body) {
    let fix = Fix("remove it", replacing: source.span(range), with: "", isSafe: false)
    diagnostics.report(.controlCharacter(source.text(range)), at: source.span(range), fix: fix)
  }
  return source
}

extension Message {
  /// What is wrong with bytes of which nothing can be shown.
  fileprivate static func notText(_ bytes: [UInt8]) -> Message? {
    if bytes.count > SourceText.maximumSize { return .tooLarge(bytes.count) }
    let first = bytes.prefix(4)
    if first == [0xFF, 0xFE, 0, 0] || first == [0, 0, 0xFE, 0xFF] { return .utf32 }
    if first.starts(with: [0xFE, 0xFF]) || first.starts(with: [0xFF, 0xFE]) { return .utf16 }
    // Without a mark, zeros stand between the letters.
    switch first.map({ $0 == 0 }) {
    case [false, true, true, true], [true, true, true, false]: return .utf32
    case [false, true, false, true], [true, false, true, false]: return .utf16
    default: return nil
    }
  }
}

/// The first character that YAML forbids everywhere: a control character other than tabs and line ends.
private func firstControlCharacter(in bytes: [UInt8]) -> Range<Int>? {
  for (index, byte) in bytes.enumerated() where byte < 0x20 || byte >= 0x7F {
    switch byte {
    case 0x09, 0x0A, 0x0D: continue
    case 0..<0x20, 0x7F: return index..<index + 1
    // U+0080 to U+009F without U+0085, a line end of old.
    case 0xC2 where bytes[index + 1] < 0xA0 && bytes[index + 1] != 0x85: return index..<index + 2
    // U+FFFE and U+FFFF.
    case 0xEF where bytes[index + 1] == 0xBF && bytes[index + 2] >= 0xBE: return index..<index + 3
    default: continue
    }
  }
  return nil
}
