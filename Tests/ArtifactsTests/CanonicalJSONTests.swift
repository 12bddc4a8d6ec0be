import TestSupport
import Testing

@testable import Artifacts

@Suite("Canonical JSON")
struct CanonicalJSONTests {
  @Test("Numbers are written as RFC 8785, appendix B, has them")
  func rfcNumbers() {
    let cases: [(UInt64, String)] = [
      (0, "0"), (0x8000_0000_0000_0000, "0"), (1, "5e-324"), (0x8000_0000_0000_0001, "-5e-324"),
      (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"), (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"),
      (0x4340_0000_0000_0000, "9007199254740992"), (0xc340_0000_0000_0000, "-9007199254740992"),
      (0x4430_0000_0000_0000, "295147905179352830000"), (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
      (0x44b5_2d02_c7e1_4af6, "1e+23"), (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
      (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"), (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
      (0x444b_1ae4_d6e2_ef50, "1e+21"), (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
      (0x3eb0_c6f7_a0b5_ed8d, "0.000001"), (0x41b3_de43_5555_5553, "333333333.3333332"),
      (0x41b3_de43_5555_5554, "333333333.33333325"), (0x41b3_de43_5555_5555, "333333333.3333333"),
      (0x41b3_de43_5555_5556, "333333333.3333334"), (0x41b3_de43_5555_5557, "333333333.33333343"),
      (0xbecb_f647_612f_3696, "-0.0000033333333333333333"), (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
    ]
    for (bits, text) in cases { #expect(JSON.number(Double(bitPattern: bits)).canonicalText == text) }
  }

  @Test("Numbers change their form where ECMAScript says")
  func numberForms() {
    let cases: [(Double, String)] = [
      (1, "1"), (-17, "-17"), (0.5, "0.5"), (1e-6, "0.000001"), (1e-7, "1e-7"), (1.5e-7, "1.5e-7"),
      (1e20, "1" + String(repeating: "0", count: 20)),
      (1e21, "1e+21"), (123456789.125, "123456789.125"), (0x1p53 - 1, "9007199254740991"), (100, "100"),
      (-0.001, "-0.001"), (1.25e300, "1.25e+300"),
    ]
    for (number, text) in cases { #expect(JSON.number(number).canonicalText == text) }
  }

  @Test("Numbers are read back bit for bit")
  func numbersReadBack() throws {
    var random = TestRandom(seed: 1)
    for _ in 0..<20_000 {
      let number = random.double()
      let read = try JSON(parsing: JSON.number(number).canonicalBytes)
      #expect(read == .number(number))
    }
  }

  @Test("Members are sorted by UTF-16 units: the example of RFC 8785")
  func rfcSorting() {
    let json = JSON.object([
      "\u{20ac}": .string("Euro"), "\r": .string("Return"), "\u{fb33}": .string("Dalet"), "1": .string("One"),
      "\u{1f600}": .string("Emoji"), "\u{80}": .string("Control"), "\u{f6}": .string("o"),
    ])
    let names = ["\\r", "1", "\u{80}", "\u{f6}", "\u{20ac}", "\u{1f600}", "\u{fb33}"]
    let values = ["Return", "One", "Control", "o", "Euro", "Emoji", "Dalet"]
    let expected = zip(names, values).map { "\"\($0)\":\"\($1)\"" }.joined(separator: ",")
    #expect(Array(json.canonicalText.utf8) == Array("{\(expected)}".utf8))
  }

  @Test("A name that another begins with comes first, and the empty one before all")
  func sortingOfPrefixes() {
    let json = JSON.object(["ab": .null, "a": .null, "": .null, "B": .null])
    #expect(json.canonicalText == #"{"":null,"B":null,"a":null,"ab":null}"#)
  }

  @Test("Only what must be escaped is, in the shortest way")
  func escapes() {
    let text = "\u{0}\u{8}\t\n\u{b}\u{c}\r\u{1f} \"\\/\u{7f}é\u{2028}\u{1f600}"
    let expected = "\"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f \\\"\\\\/\u{7f}é\u{2028}\u{1f600}\""
    #expect(JSON.string(text).canonicalText == expected)
  }

  @Test("There is no space, and what is empty stays so")
  func layout() {
    let json = JSON.object([
      "b": .array([.null, .bool(true), .bool(false), .number(1)]), "a": .object([]), "c": .array([]),
    ])
    #expect(json.canonicalText == #"{"a":{},"b":[null,true,false,1],"c":[]}"#)
  }

  @Test("Random documents are the same after writing and reading")
  func roundTrip() throws {
    for seed: UInt64 in 0..<500 {
      var random = TestRandom(seed: seed)
      let json = JSON.random(&random, depth: 0)
      let bytes = json.canonicalBytes
      let read = try JSON(parsing: bytes)
      #expect(read.canonicalBytes == bytes, "seed \(seed)")
      #expect(read == json.sorted, "seed \(seed)")
    }
  }
}

extension JSON {
  /// The members in the order of canonical JSON.
  fileprivate var sorted: JSON {
    switch self {
    case .array(let elements): .array(elements.map(\.sorted))
    case .object(let members):
      .object(
        members.map { Member($0.name, $0.value.sorted) }
          .sorted { $0.name.utf16.lexicographicallyPrecedes($1.name.utf16) })
    default: self
    }
  }

  fileprivate static func random(_ random: inout TestRandom, depth: Int) -> JSON {
    switch Int.random(in: 0..<(depth < 5 ? 7 : 5), using: &random) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &random))
    case 2: return .number(random.double() + 0)
    case 3: return .int(Int.random(in: -1000...1000, using: &random))
    case 4: return .string(text(&random))
    case 5:
      let count = Int.random(in: 0...4, using: &random)
      return .array((0..<count).map { _ in JSON.random(&random, depth: depth + 1) })
    default:
      let count = Int.random(in: 0...4, using: &random)
      return .object((0..<count).map { Member("\($0)" + text(&random), JSON.random(&random, depth: depth + 1)) })
    }
  }

  private static func text(_ random: inout TestRandom) -> String {
    let scalars: [Unicode.Scalar] = ["a", "\"", "\\", "\n", "\u{1}", "é", "\u{fb00}", "\u{1f600}", "\u{10ffff}", "/"]
    let count = Int.random(in: 0...6, using: &random)
    return String(String.UnicodeScalarView((0..<count).map { _ in scalars.randomElement(using: &random) ?? "a" }))
  }
}
