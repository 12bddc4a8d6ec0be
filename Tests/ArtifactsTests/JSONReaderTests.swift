import Testing

@testable import Artifacts

@Suite("The strict reader of JSON")
struct JSONReaderTests {
  private func problem(_ text: String) -> JSONError? { problem(Array(text.utf8)) }

  private func problem(_ bytes: [UInt8]) -> JSONError? {
    do throws(JSONError) {
      _ = try JSON(parsing: bytes)
      return nil
    } catch {
      return error
    }
  }

  @Test("What RFC 8259 allows is read, also where it is not canonical")
  func allowed() throws {
    let text = " {\"b\" : [ 1.50 , -0, 1E2, 1e+2, true,\tfalse, null ],\r\n \"a\\u0041\\/\\ud83d\\ude00\" : \"\" } "
    let expected = JSON.object([
      "b": .array([.number(1.5), .number(0), .number(100), .number(100), .bool(true), .bool(false), .null]),
      "aA/\u{1f600}": .string(""),
    ])
    #expect(try JSON(parsing: Array(text.utf8)) == expected)
    #expect(try JSON(parsing: Array("\"\\u00e9\\b\\f\\n\\r\\t\\\\\\\"\"".utf8)) == .string("é\u{8}\u{c}\n\r\t\\\""))
  }

  @Test(
    "What is not JSON is refused, with the place",
    arguments: [
      ("", 0, "it ends too early"), ("{\"a\":1,\"a\":2}", 10, "the name \"a\" stands twice"),
      ("{\"a\":1,\"\\u0061\":2}", 15, "the name \"a\" stands twice"), ("1 2", 2, "more follows the value"),
      ("[1]]", 3, "more follows the value"), ("[1,]", 3, "a value is expected"),
      ("{\"a\":1,}", 7, "a name is expected"),
      ("{a:1}", 1, "a name is expected"), ("{\"a\" 1}", 5, "`:` is expected"), ("[1 2]", 3, "`,` or `]` is expected"),
      ("{\"a\":1 \"b\":2}", 7, "`,` or `}` is expected"), ("01", 1, "more follows the value"),
      ("-01", 2, "more follows the value"), ("1.", 2, "a digit is expected"), (".5", 0, "a value is expected"),
      ("1e", 2, "a digit is expected"), ("+1", 0, "a value is expected"), ("-", 1, "a value is expected"),
      ("1e400", 0, "the number is too large"), ("-1e309", 0, "the number is too large"),
      ("NaN", 0, "a value is expected"),
      ("Infinity", 0, "a value is expected"), ("tru", 0, "a value is expected"), ("nul", 0, "a value is expected"),
      ("'a'", 0, "a value is expected"), ("\"a", 2, "a string is not closed"), ("\"\\x\"", 3, "an unknown escape"),
      ("\"\\u12g4\"", 3, "four hexadecimal digits are expected"),
      ("\"\\u12\"", 3, "four hexadecimal digits are expected"),
      ("\"\\ud800\"", 7, "half of a surrogate pair"), ("\"\\udc00\"", 7, "half of a surrogate pair"),
      ("\"\\ud800\\u0041\"", 13, "half of a surrogate pair"), ("\"a\nb\"", 2, "a control character stands in a string"),
      ("/* */ 1", 0, "a value is expected"), ("\u{feff}1", 0, "a value is expected"),
    ])
  func refused(text: String, offset: Int, reason: String) {
    #expect(problem(text) == JSONError(offset: offset, problem: reason))
  }

  @Test("Bytes that are not UTF-8 are refused")
  func notUTF8() {
    let bad: [[UInt8]] = [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0xaf], [0xf4, 0x90, 0x80, 0x80]]
    for bytes in bad { #expect(problem([0x22] + bytes + [0x22])?.problem == "the string is not UTF-8") }
  }

  @Test("Names are compared by their bytes: composed and decomposed letters are two")
  func namesAreBytes() throws {
    let json = try JSON(parsing: Array("{\"\u{e9}\":1,\"e\u{301}\":2}".utf8))
    #expect(json.members?.count == 2)
  }

  @Test("256 levels are read, and 257 are refused")
  func depth() {
    func nested(_ levels: Int) -> String {
      String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
    }
    #expect(problem(nested(256)) == nil)
    #expect(problem(nested(257))?.problem == "more than 256 levels")
    #expect(problem(String(repeating: "[", count: 100_000))?.problem == "more than 256 levels")
  }

  @Test("No text of a few letters makes the reader crash, and what it reads it reads again")
  func everyShortText() throws {
    let letters = Array("[]{},:\"\\u0-1.eE tn".utf8)
    for first in letters {
      for second in letters {
        for third in letters {
          guard let json = try? JSON(parsing: [first, second, third]) else { continue }
          #expect(try JSON(parsing: json.canonicalBytes) == json)
        }
      }
    }
  }

  @Test("Whole numbers up to 2^53 are ints, others are not")
  func ints() {
    #expect(JSON.number(9_007_199_254_740_992).int == 1 << 53)
    #expect(JSON.number(-9_007_199_254_740_992).int == -(1 << 53))
    #expect(JSON.number(9_007_199_254_740_994).int == nil)
    #expect(JSON.number(1.5).int == nil)
    #expect(JSON.string("1").int == nil)
  }
}
