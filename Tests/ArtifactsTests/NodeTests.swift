import Foundation
import TestSupport
import Testing

@testable import Artifacts

/// RFC 8785 says that numbers, strings and the order of names are those of ECMAScript: node is asked for its opinion.
///
/// Left out where there is no node, unless `ATTUNE_NODE` is set, as CI does: then they fail.
@Suite(
  "Canonical JSON against node",
  .enabled(if: Program.isInstalled("node") || ProcessInfo.processInfo.environment["ATTUNE_NODE"] != nil, "no node"))
struct NodeTests {
  @Test("100,000 numbers and more have the form that JSON.stringify gives them")
  func numbers() throws {
    let numbers = Self.numbers()
    #expect(numbers.count >= 100_000)
    let differing = try differing(numbers.map { String($0.bitPattern, radix: 16) }, numbers.map { JSON.number($0) }) {
      """
      view.setBigUint64(0, BigInt('0x' + \($0)));
      return JSON.stringify(view.getFloat64(0));
      """
    }
    #expect(differing.isEmpty, "\(differing.count) differ: \(differing.prefix(3))")
  }

  @Test("100,000 strings and more have the form that JSON.stringify gives them")
  func strings() throws {
    let strings = Self.strings()
    #expect(strings.count >= 100_000)
    let differing = try differing(strings.map(Self.hex), strings.map { JSON.string($0) }) {
      "return JSON.stringify(text(\($0)));"
    }
    #expect(differing.isEmpty, "\(differing.count) differ: \(differing.prefix(3))")
  }

  @Test("The names of objects stand in the order of JavaScript's sort")
  func objects() throws {
    var random = TestRandom(seed: 5)
    let objects = (0..<5000).map { _ in
      var seen = Set<[UInt8]>()
      return (0..<Int.random(in: 1...20, using: &random)).map { _ in Self.string(&random) }
        .filter { seen.insert(Array($0.utf8)).inserted }
    }
    let written = objects.map { names in
      JSON.object(names.enumerated().map { JSON.Member($1, .int($0)) })
    }
    let differing = try differing(objects.map { $0.map(Self.hex).joined(separator: ",") }, written) {
      """
      const names = \($0).split(',').map(text);
      const places = new Map(names.map((name, place) => [name, place]));
      return '{' + names.sort().map(name => JSON.stringify(name) + ':' + places.get(name)).join(',') + '}';
      """
    }
    #expect(differing.isEmpty, "\(differing.count) differ: \(differing.prefix(3))")
  }

  /// The documents that node writes in another way.
  ///
  /// - Parameters:
  ///   - given: what node is told of each document, in one line and without JSON.
  ///   - script: the body of a function of such a line.
  private func differing(_ given: [String], _ documents: [JSON], script: (String) -> String) throws -> [String] {
    let folder = try TemporaryFolder()
    try folder.write(given.joined(separator: "\n"), to: "given")
    let program = """
      const view = new DataView(new ArrayBuffer(8));
      const text = hex => (hex.match(/..../g) ?? []).map(unit => String.fromCharCode(parseInt(unit, 16))).join('');
      const stringify = line => { \(script("line")) };
      const given = require('fs').readFileSync('given', 'utf8').split('\\n');
      require('fs').writeFileSync('written', given.map(stringify).join('\\n'));
      """
    _ = try Program.run("node", ["-e", program], in: folder.path)
    let written = try [UInt8](Data(contentsOf: URL(fileURLWithPath: folder.path + "/written")))
    let lines = written.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    try #require(lines.count == documents.count)
    return zip(documents, lines).filter { $0.canonicalBytes != Array($1) }
      .map { "\($0.canonicalText) and not \(String(decoding: $1, as: UTF8.self))" }
  }

  /// The UTF-16 units, four digits each.
  private static func hex(_ text: String) -> String {
    text.utf16.map { String(String(Int($0) + 0x10000, radix: 16).dropFirst()) }.joined()
  }

  /// Where the form changes, with the neighbours on both sides, and many that are drawn.
  private static func numbers() -> [Double] {
    let powers =
      (-1074...1023).map { Double(sign: .plus, exponent: $0, significand: 1) }
      + (-323...308).compactMap { Double("1e\($0)") } + [0, .greatestFiniteMagnitude, .leastNormalMagnitude]
    let integers = (-2000...2000).map { 0x1p53 + Double($0) } + (-2000...2000).map { Double($0) }
    let edges = (powers + integers).flatMap { [$0.nextDown, $0, $0.nextUp] }.filter(\.isFinite)
    var random = TestRandom(seed: 3)
    let drawn = (0..<100_000).map { index in
      switch index % 8 {
      case 0: Double.random(in: -1e6...1e6, using: &random)
      case 1: Double(Int.random(in: -(1 << 60)...(1 << 60), using: &random))
      case 2: Double(bitPattern: UInt64.random(in: 0..<(1 << 52), using: &random))
      // Few digits, as people write.
      case 3:
        Double("\(Int.random(in: -99999...99999, using: &random))e\(Int.random(in: -12...24, using: &random))") ?? 0
      default: random.double()
      }
    }
    return edges + edges.map { -$0 } + drawn
  }

  /// Every scalar of the first plane by itself, and strings that are drawn.
  private static func strings() -> [String] {
    var random = TestRandom(seed: 4)
    return (0...0xFFFF as ClosedRange<UInt32>).compactMap(Unicode.Scalar.init).map { String($0) }
      + (0..<50_000).map { _ in string(&random) }
  }

  private static func string(_ random: inout TestRandom) -> String {
    let kinds: [ClosedRange<UInt32>] = [
      0...0x1F, 0x20...0x7E, 0x20...0x7E, 0x22...0x22, 0x5C...0x5C, 0x7F...0x9F, 0x300...0x36F, 0x2028...0x2029,
      0x80...0xD7FF, 0xE000...0xFFFF, 0x10000...0x10FFFF,
    ]
    let scalars = (0..<Int.random(in: 0...12, using: &random)).compactMap { _ in
      kinds.randomElement(using: &random).flatMap { Unicode.Scalar(UInt32.random(in: $0, using: &random)) }
    }
    return String(String.UnicodeScalarView(scalars))
  }
}
