internal import CLibYAML

/// Reads one YAML document by libyaml's events into a tree whose every node knows where it stands.
///
/// libyaml has no limits of its own and checks neither aliases nor duplicate keys: that is done here, as the events
/// come, so that a file made to exhaust memory or time is refused early.
struct YAMLReader {
  static let maximumDepth = 64
  static let maximumNodes = 1_000_000

  private let source: SourceText
  private var anchors: [String: SyntaxNode] = [:]
  private var openAnchors: [String: Span] = [:]
  private var nodes = 0
  /// Whether the tree holds all that the file says: nobody looks for what is missing in one that does not.
  private var isComplete = true
  private(set) var diagnostics: Diagnostics

  /// The document's root; nil, with a diagnostic, when there is none.
  static func read(_ source: SourceText, into diagnostics: inout Diagnostics) -> SyntaxNode? {
    var reader = YAMLReader(source: source, diagnostics: diagnostics)
    let root = reader.read()
    diagnostics = reader.diagnostics
    return root
  }

  private init(source: SourceText, diagnostics: Diagnostics) {
    self.source = source
    self.diagnostics = diagnostics
  }

  /// What ends the reading: it has been reported.
  private struct Stop: Error {}

  private mutating func read() -> SyntaxNode? {
    let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    defer { parser.deallocate() }
    guard yaml_parser_initialize(parser) == 1 else { preconditionFailure("out of memory") }
    defer { yaml_parser_delete(parser) }
    return source.bytes.withUnsafeBufferPointer { buffer in
      yaml_parser_set_input_string(parser, buffer.baseAddress, buffer.count)
      yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
      return try? document(parser)
    }
  }

  private mutating func document(_ parser: UnsafeMutablePointer<yaml_parser_t>) throws(Stop) -> SyntaxNode? {
    var root: SyntaxNode?
    while true {
      var event = try next(parser)
      defer { yaml_event_delete(&event) }
      switch event.type {
      case YAML_STREAM_START_EVENT, YAML_DOCUMENT_END_EVENT: continue
      case YAML_DOCUMENT_START_EVENT where root == nil: continue
      case YAML_DOCUMENT_START_EVENT:
        diagnostics.report(.severalDocuments, at: span(event))
        throw Stop()
      case YAML_STREAM_END_EVENT:
        if root == nil { diagnostics.report(.emptyFile, at: source.span(0..<0)) }
        return isComplete ? root : nil
      default:
        root = try node(event, parser, depth: 0)
      }
    }
  }

  /// The next event. The caller deletes it.
  private mutating func next(_ parser: UnsafeMutablePointer<yaml_parser_t>) throws(Stop) -> yaml_event_t {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else {
      reportSyntaxError(parser.pointee)
      throw Stop()
    }
    return event
  }

  private mutating func reportSyntaxError(_ parser: yaml_parser_t) {
    let isReaderError = parser.error == YAML_READER_ERROR
    let offset = isReaderError ? parser.problem_offset : source.offset(ofScalar: parser.problem_mark.index)
    let problem = parser.problem.map { String(cString: $0) } ?? "it is not YAML"
    let at = source.span(offset..<min(offset + 1, source.bytes.count))
    if offset < source.bytes.count, source.bytes[offset] == UInt8(ascii: "\t") {
      diagnostics.report(.tabIndentation, at: at)
      return
    }
    guard let context = parser.context, !isReaderError else {
      diagnostics.report(.syntax(problem), at: at)
      return
    }
    let start = source.offset(ofScalar: parser.context_mark.index)
    let line = source.range(ofLine: source.line(at: offset)).lowerBound
    let isFlow = source.bytes[start...].first.map { "{[".utf8.contains($0) } ?? false
    diagnostics.report(
      .syntax(problem, hasPlaceholder: isFlow && source.text(line..<max(line, at.range.upperBound)).contains("${")),
      at: at,
      related: [Related(source.span(start..<min(start + 1, source.bytes.count)), "\(String(cString: context)) here")])
  }

  private mutating func node(
    _ event: yaml_event_t, _ parser: UnsafeMutablePointer<yaml_parser_t>, depth: Int
  ) throws(Stop) -> SyntaxNode {
    guard depth < Self.maximumDepth else {
      diagnostics.report(.tooDeep, at: span(event))
      throw Stop()
    }
    let node =
      switch event.type {
      case YAML_ALIAS_EVENT: try alias(event)
      case YAML_SCALAR_EVENT: scalar(event)
      case YAML_SEQUENCE_START_EVENT: try sequence(event, parser, depth: depth)
      default: try mapping(event, parser, depth: depth)
      }
    nodes += event.type == YAML_ALIAS_EVENT ? node.size : 1
    guard nodes <= Self.maximumNodes else {
      diagnostics.report(.tooManyNodes, at: node.span)
      throw Stop()
    }
    return node
  }

  private mutating func alias(_ event: yaml_event_t) throws(Stop) -> SyntaxNode {
    let name = String(cString: event.data.alias.anchor)
    if let open = openAnchors[name] {
      diagnostics.report(.aliasOfItself(name), at: span(event), related: [Related(open, "`&\(name)` is set here")])
      throw Stop()
    }
    guard var node = anchors[name] else {
      diagnostics.report(.unknownAlias(name, known: anchors.keys.sorted()), at: span(event))
      throw Stop()
    }
    node.anchored = node.span
    node.span = span(event)
    return node
  }

  private mutating func scalar(_ event: yaml_event_t) -> SyntaxNode {
    let scalar = event.data.scalar
    checkTag(scalar.tag, event)
    let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
    let content = SyntaxNode.Scalar(text: text, isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE)
    let node = SyntaxNode(content: .scalar(content), span: span(event), size: 1)
    if let anchor = scalar.anchor { anchors[String(cString: anchor)] = node }
    return node
  }

  private mutating func sequence(
    _ start: yaml_event_t, _ parser: UnsafeMutablePointer<yaml_parser_t>, depth: Int
  ) throws(Stop) -> SyntaxNode {
    checkTag(start.data.sequence_start.tag, start)
    let anchor = open(start.data.sequence_start.anchor, start)
    var elements: [SyntaxNode] = []
    while true {
      var event = try next(parser)
      defer { yaml_event_delete(&event) }
      if event.type == YAML_SEQUENCE_END_EVENT {
        let isFlow = start.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE
        let node = SyntaxNode(
          content: .sequence(elements), span: span(start, isFlow ? event : nil, last: elements.last?.span),
          size: elements.reduce(1) { $0 + $1.size })
        close(anchor, node)
        return node
      }
      elements.append(try node(event, parser, depth: depth + 1))
    }
  }

  private mutating func mapping(
    _ start: yaml_event_t, _ parser: UnsafeMutablePointer<yaml_parser_t>, depth: Int
  ) throws(Stop) -> SyntaxNode {
    checkTag(start.data.mapping_start.tag, start)
    let anchor = open(start.data.mapping_start.anchor, start)
    var entries: [SyntaxNode.Entry] = []
    var firsts: [[UInt8]: Span] = [:]
    while true {
      var event = try next(parser)
      defer { yaml_event_delete(&event) }
      if event.type == YAML_MAPPING_END_EVENT {
        let isFlow = start.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE
        let node = SyntaxNode(
          content: .mapping(entries), span: span(start, isFlow ? event : nil, last: entries.last?.value.span),
          size: entries.reduce(1) { $0 + 1 + $1.value.size })
        close(anchor, node)
        return node
      }
      let key = try node(event, parser, depth: depth + 1)
      var valueEvent = try next(parser)
      defer { yaml_event_delete(&valueEvent) }
      let value = try node(valueEvent, parser, depth: depth + 1)
      guard let name = key.scalar else {
        diagnostics.report(.keyIsNotText(key.kind), at: key.span)
        isComplete = false
        continue
      }
      if name.isPlain, name.text == "<<" {
        diagnostics.report(.later("merge keys (`<<`)"), at: key.span)
        isComplete = false
      } else if let first = firsts.updateValue(key.span, forKey: Array(name.text.utf8)) {
        diagnostics.report(.duplicateKey(name.text), at: key.span, related: [Related(first, "it stands here first")])
      } else {
        entries.append(
          SyntaxNode.Entry(key: Located(name.text, at: key.span), keyIsPlain: name.isPlain, value: value))
      }
    }
  }

  private mutating func open(_ anchor: UnsafePointer<yaml_char_t>?, _ event: yaml_event_t) -> String? {
    guard let anchor else { return nil }
    let name = String(cString: anchor)
    openAnchors[name] = span(event)
    return name
  }

  private mutating func close(_ anchor: String?, _ node: SyntaxNode) {
    guard let anchor else { return }
    openAnchors[anchor] = nil
    anchors[anchor] = node
  }

  private mutating func checkTag(_ tag: UnsafePointer<yaml_char_t>?, _ event: yaml_event_t) {
    if let tag { diagnostics.report(.tag(String(cString: tag)), at: span(event)) }
  }

  private func span(_ event: yaml_event_t) -> Span {
    let start = source.offset(ofScalar: event.start_mark.index)
    var end = max(start, source.offset(ofScalar: event.end_mark.index))
    // A block scalar's mark lies behind its last line feed.
    while end > start, [UInt8(ascii: "\n"), UInt8(ascii: "\r")].contains(source.bytes[end - 1]) { end -= 1 }
    return source.span(start..<end)
  }

  /// From the start of a collection to its bracket, or to the end of its last child: a block's own end mark lies at
  /// the next token, often lines below.
  private func span(_ start: yaml_event_t, _ end: yaml_event_t?, last: Span?) -> Span {
    let first = span(start).range
    let bound = end.map { span($0).range.upperBound } ?? last?.range.upperBound ?? first.upperBound
    return source.span(first.lowerBound..<max(first.lowerBound, bound))
  }
}

/// libyaml hands anchors and tags out as mutable pointers.
extension YAMLReader {
  private mutating func open(_ anchor: UnsafeMutablePointer<yaml_char_t>?, _ event: yaml_event_t) -> String? {
    open(anchor.map { UnsafePointer($0) }, event)
  }

  private mutating func checkTag(_ tag: UnsafeMutablePointer<yaml_char_t>?, _ event: yaml_event_t) {
    checkTag(tag.map { UnsafePointer($0) }, event)
  }
}
