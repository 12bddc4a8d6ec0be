import Artifacts
import CLibYAML
import TestSupport
import Testing

@testable import Compiler

/// A second reader's opinion: what both take for YAML means the same to both.
@Suite("YAML as libyaml reads it")
struct LibYAMLTests {
  /// The tree as `Reading` writes it; nil when libyaml refuses the text, or it is not one document.
  private static func tree(_ bytes: [UInt8]) -> String? {
    let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    defer { parser.deallocate() }
    guard yaml_parser_initialize(parser) == 1 else { return nil }
    defer { yaml_parser_delete(parser) }
    return bytes.withUnsafeBufferPointer { buffer in
      yaml_parser_set_input_string(parser, buffer.baseAddress, buffer.count)
      let document = UnsafeMutablePointer<yaml_document_t>.allocate(capacity: 1)
      defer { document.deallocate() }
      guard yaml_parser_load(parser, document) == 1 else { return nil }
      defer { yaml_document_delete(document) }
      guard yaml_document_get_root_node(document) != nil else { return nil }
      let text = node(1, in: document, depth: 0)
      let second = UnsafeMutablePointer<yaml_document_t>.allocate(capacity: 1)
      defer { second.deallocate() }
      guard yaml_parser_load(parser, second) == 1 else { return nil }
      defer { yaml_document_delete(second) }
      return yaml_document_get_root_node(second) == nil ? text : nil
    }
  }

  private static func node(
    _ index: Int32, in document: UnsafeMutablePointer<yaml_document_t>, depth: Int
  ) -> String? {
    guard depth < 70, let node = yaml_document_get_node(document, index)?.pointee else { return nil }
    switch node.type {
    case YAML_SCALAR_NODE:
      let scalar = node.data.scalar
      let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
      let isNull = scalar.style == YAML_PLAIN_SCALAR_STYLE && ["", "~", "null", "Null", "NULL"].contains(text)
      return isNull ? "null" : JSON.string(text).canonicalText
    case YAML_SEQUENCE_NODE:
      let items = node.data.sequence.items
      let elements = (0..<(items.top - items.start)).map { items.start[$0] }
      let texts = elements.compactMap { Self.node($0, in: document, depth: depth + 1) }
      return texts.count == elements.count ? "[" + texts.joined(separator: ", ") + "]" : nil
    case YAML_MAPPING_NODE:
      let pairs = node.data.mapping.pairs
      var texts: [String] = []
      for pair in UnsafeBufferPointer(start: pairs.start, count: pairs.top - pairs.start) {
        guard let key = yaml_document_get_node(document, pair.key)?.pointee, key.type == YAML_SCALAR_NODE,
          let value = Self.node(pair.value, in: document, depth: depth + 1)
        else { return nil }
        let scalar = key.data.scalar
        let name = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
        texts.append("\(JSON.string(name).canonicalText): \(value)")
      }
      return "{" + texts.joined(separator: ", ") + "}"
    default: return nil
    }
  }

  /// Merge keys are none of libyaml's business, and `?a` within brackets it takes for a key without the space that
  /// YAML wants.
  private static func isComparable(_ bytes: [UInt8]) -> Bool {
    let text = String(decoding: bytes, as: UTF8.self)
    return !text.contains("<<") && !text.contains("?")
  }

  @Test("Texts of the table that both read are the same to both")
  func table() {
    var compared = 0
    for example in YAMLCase.all {
      let bytes = Array(example.text.utf8)
      guard Self.isComparable(bytes), let tree = example.tree, let other = Self.tree(bytes) else { continue }
      #expect(tree == other, "\(example.title)")
      compared += 1
    }
    #expect(compared > 80)
  }

  @Test("Texts with something changed at random that both read are the same to both")
  func mutations() {
    var random = TestRandom(seed: 8)
    let texts = YAMLCase.all.map { Array($0.text.utf8) }.filter { $0.count < 400 }
    let pieces = [
      "{", "}", "[", "]", ",", ":", ": ", "- ", "\n", "\n  ", " ", "#", " #", "'", "\"", "|", ">", "&a ", "*a", "-",
      "a",
      "1", "~", "\t", "\r\n", "\\", "---", "%",
    ].map { Array($0.utf8) }
    var compared = 0
    for _ in 0..<6000 {
      guard var bytes = texts.randomElement(using: &random) else { continue }
      for _ in 0...Int.random(in: 0...2, using: &random) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        let end = Bool.random(using: &random) ? place : min(bytes.count, place + Int.random(in: 1...3, using: &random))
        bytes.replaceSubrange(place..<end, with: pieces.randomElement(using: &random) ?? [])
      }
      guard Self.isComparable(bytes), let tree = Reading(bytes).tree, let other = Self.tree(bytes) else { continue }
      #expect(tree == other, "\(String(decoding: bytes, as: UTF8.self).debugDescription)")
      compared += 1
    }
    #expect(compared > 1000)
  }
}
