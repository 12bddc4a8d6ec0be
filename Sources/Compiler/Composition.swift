package import Artifacts

/// Where the texts are that an experiment extends.
package enum BaseOrigin: Sendable {
  /// Files: the experiment's folder, and the project's, which they may not leave.
  case files(folder: String, project: String)
  /// A record of them, such as a manifest's.
  case recorded([BaseText])
}

/// Puts an experiment together: the file, what it extends, and what was set on the command line.
///
/// Mappings are merged key by key, with the later value in place of the earlier; `null` takes a key away. Every node
/// keeps its place in its own text.
struct Composition {
  private(set) var sources: Sources
  private(set) var diagnostics: Diagnostics
  /// What was extended, by path relative to the experiment's folder.
  private(set) var bases: [BaseText] = []

  private let origin: BaseOrigin
  /// The chain of files from the experiment to the one that is being read.
  private var chain: [String]

  init(_ sources: Sources, _ diagnostics: Diagnostics, from origin: BaseOrigin, file: String) {
    self.sources = sources
    self.diagnostics = diagnostics
    self.origin = origin
    chain = [file]
  }

  /// The root with what it extends, and with the settings in their places; nil, with a diagnostic, when that cannot be.
  mutating func composed(_ root: SyntaxNode, _ settings: [String]) -> SyntaxNode? {
    guard var whole = extended(root) else { return nil }
    for setting in settings { whole = set(setting, in: whole) }
    return whole
  }

  // MARK: - Extending

  /// The root with what it extends below it; nil, with a diagnostic, when that cannot be read.
  private mutating func extended(_ root: SyntaxNode) -> SyntaxNode? {
    guard case .mapping(var entries) = root.content,
      let index = entries.firstIndex(where: { $0.key.value == "extends" })
    else { return root }
    let entry = entries.remove(at: index)
    guard let path = diagnostics.text(entry.value, "`extends`"), let base = base(path) else { return nil }
    var own = root
    own.content = .mapping(entries)
    return merged(own, over: base)
  }

  /// The root of the file that is extended, with what that extends itself.
  private mutating func base(_ written: Located<String>) -> SyntaxNode? {
    guard !written.value.hasPrefix("/") else {
      diagnostics.report(.baseAbsolute, at: written.span)
      return nil
    }
    let path = Self.joined(Path.folder(of: chain[chain.count - 1]), written.value)
    if chain.contains(path) {
      diagnostics.report(.baseOfItself(chain + [path]), at: written.span)
      return nil
    }
    guard let bytes = read(path, written) else { return nil }
    bases.append(BaseText(path: path, text: String(decoding: bytes, as: UTF8.self)))
    let shown = Self.joined(Path.folder(of: sources.all[0].path), path)
    let errors = diagnostics.errorCount
    let source = readSource(bytes, path: shown, to: &sources, into: &diagnostics)
    guard diagnostics.errorCount == errors else { return nil }
    guard let root = YAMLReader.read(source, into: &diagnostics) else { return nil }
    guard case .mapping = root.content else {
      diagnostics.report(.expected("a mapping", of: "an experiment that is extended", found: root.kind), at: root)
      return nil
    }
    chain.append(path)
    defer { chain.removeLast() }
    return extended(root)
  }

  private mutating func read(_ path: String, _ written: Located<String>) -> [UInt8]? {
    switch origin {
    case .recorded(let texts):
      if let text = texts.first(where: { $0.path == path })?.text { return Array(text.utf8) }
      diagnostics.report(.baseUnreadable(written.value, reason: "there is no such file"), at: written.span)
    case .files(let folder, let project):
      let full = Path.join(folder, path)
      guard File.kind(of: full) == .file, let real = Path.resolved(full) else {
        diagnostics.report(.baseUnreadable(written.value, reason: "there is no such file"), at: written.span)
        return nil
      }
      guard real.hasPrefix(project == "/" ? "/" : project + "/") else {
        diagnostics.report(.baseOutside(written.value, project: project), at: written.span)
        return nil
      }
      do { return try File.read(full) } catch {
        diagnostics.report(.baseUnreadable(written.value, reason: error.reason), at: written.span)
      }
    }
    return nil
  }

  /// Without the parts that say nothing: `a/../b` is `b`. Leading `..` stay.
  private static func joined(_ folder: String, _ path: String) -> String {
    var parts: [Substring] = []
    for part in "\(folder)/\(path)".split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, last != ".." { parts.removeLast() } else { parts.append(part) }
    }
    return (folder.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
  }

  private mutating func merged(_ node: SyntaxNode, over base: SyntaxNode) -> SyntaxNode {
    guard case .mapping(let own) = node.content, case .mapping(var entries) = base.content else { return node }
    var places: [[UInt8]: Int] = [:]
    for (index, entry) in entries.enumerated() { places[Array(entry.key.value.utf8)] = index }
    var removed = Set<Int>()
    for entry in own {
      let place = places[Array(entry.key.value.utf8)]
      if entry.value.isNull {
        if let place {
          removed.insert(place)
        } else {
          diagnostics.report(.nothingToRemove(entry.key.value, known: entries.map(\.key.value)), at: entry.key.span)
        }
      } else if let place {
        entries[place].key = entry.key
        entries[place].value = merged(entry.value, over: entries[place].value)
      } else {
        entries.append(entry)
      }
    }
    var result = node
    result.content = .mapping(entries.indices.filter { !removed.contains($0) }.map { entries[$0] })
    return result
  }

  // MARK: - Setting

  /// The settings as plans record them: one for each path, sorted.
  static func normalized(_ settings: [String]) -> [String] {
    var last: [String: String] = [:]
    for setting in settings { last[String(setting.prefix { $0 != "=" })] = setting }
    return last.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map(\.value)
  }

  /// The root with a value, written `path=value`, in its place.
  private mutating func set(_ setting: String, in root: SyntaxNode) -> SyntaxNode {
    let argument = sources.add(path: "--set", bytes: Array(setting.utf8))
    guard let sign = setting.utf8.firstIndex(of: UInt8(ascii: "=")), sign > setting.startIndex else {
      diagnostics.report(.settingWithoutValue, at: argument.span(0..<argument.bytes.count))
      return root
    }
    let path = String(setting[..<sign])
    let value = sources.add(path: "--set \(path)", bytes: Array(setting[sign...].utf8.dropFirst()))
    guard let node = value.bytes.isEmpty ? Self.null(value) : YAMLReader.read(value, into: &diagnostics) else {
      return root
    }
    return placed(node, at: path[...], in: root, argument, 0)
  }

  private static func null(_ source: SourceText) -> SyntaxNode {
    SyntaxNode(content: .scalar(SyntaxNode.Scalar(text: "", isPlain: true)), span: source.span(0..<0), size: 1)
  }

  /// - Parameter offset: where the path's rest begins in the argument.
  private mutating func placed(
    _ value: SyntaxNode, at path: Substring, in node: SyntaxNode, _ argument: SourceText, _ offset: Int
  ) -> SyntaxNode {
    var result = node
    switch node.content {
    case .mapping(var entries):
      // A key may have dots in it: the longest that is there is meant.
      let keys = entries.map(\.key.value).filter { path == $0 || path.hasPrefix($0 + ".") }
      let key = keys.max { $0.utf8.count < $1.utf8.count } ?? String(path.prefix { $0 != "." })
      let span = argument.span(offset..<offset + key.utf8.count)
      let rest = path.dropFirst(key.count + 1)
      let next = offset + key.utf8.count + 1
      let place = entries.firstIndex { $0.key.value.utf8.elementsEqual(key.utf8) }
      let isLast = path.utf8.count == key.utf8.count
      if isLast, value.isNull {
        if let place {
          entries.remove(at: place)
        } else {
          diagnostics.report(.nothingToRemove(key, known: entries.map(\.key.value)), at: span)
        }
      } else {
        let empty = SyntaxNode(content: .mapping([]), span: span, size: 1)
        let old = place.map { entries[$0].value }
        let new = isLast ? value : placed(value, at: rest, in: old ?? empty, argument, next)
        let entry = SyntaxNode.Entry(key: Located(key, at: span), keyIsPlain: true, value: new)
        if let place { entries[place] = entry } else { entries.append(entry) }
      }
      result.content = .mapping(entries)
    case .sequence(var elements):
      let index = path.prefix { $0 != "." }
      let span = argument.span(offset..<offset + index.utf8.count)
      guard let place = Int(index), elements.indices.contains(place) else {
        diagnostics.report(.noSuchElement(String(index), count: elements.count), at: span)
        return node
      }
      let isLast = path.utf8.count == index.utf8.count
      let rest = path.dropFirst(index.count + 1)
      elements[place] =
        isLast ? value : placed(value, at: rest, in: elements[place], argument, offset + index.utf8.count + 1)
      result.content = .sequence(elements)
    case .scalar:
      diagnostics.report(.settingIntoScalar, at: argument.span(offset..<argument.bytes.count))
    }
    return result
  }
}
