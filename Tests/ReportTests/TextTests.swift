import TestSupport
import Testing

@testable import Report

@Suite("Numbers and tables as people read them")
struct TextTests {
  @Test(
    "Numbers have at most five significant digits, and whole parts are kept",
    arguments: [
      (0, "0"), (-0.0, "0"), (.infinity, "inf"), (5e-308, "5e-308"), (1, "1"), (0.1, "0.1"), (0.123456, "0.12346"),
      (-0.123456, "-0.12346"), (12_345.678, "12346"),
      (123_456.7, "123457"), (99_999.5, "100000"), (1e-4, "0.0001"), (1.23456e-7, "1.2346e-7"), (1e21, "1e+21"),
      (1.5e300, "1.5e+300"), (0.05, "0.05"), (2.0 / 3, "0.66667"), (1.0 / 3, "0.33333"), (1234.5, "1234.5"),
      (-17, "-17"),
    ] as [(Double, String)])
  func numbers(value: Double, text: String) {
    #expect(Text.number(value) == text)
  }

  @Test("No number below ten thousand shows more than five significant digits")
  func digits() throws {
    var random = TestRandom(seed: 1)
    for _ in 0..<5000 {
      let value =
        Double.random(in: 1...10, using: &random)
        * [1e-30, 1e-18, 1e-9, 1e-3, 1, 10, 100][Int.random(in: 0..<7, using: &random)]
      let shown = Text.number(value)
      let mantissa = shown.prefix { $0 != "e" }.filter(\.isNumber)
      let significant = mantissa.drop { $0 == "0" }
      try #require(significant.count <= 5, "\(value) is shown as \(shown)")
      try #require(abs((Double(shown) ?? 0) / value - 1) <= 5.1e-5, "\(value) is shown as \(shown)")
    }
  }

  @Test(
    "Lengths of time",
    arguments: [
      (0, "0ms"), (850, "850ms"), (999, "999ms"), (1000, "1s"), (1900, "1.9s"), (59_999, "59.9s"), (60_000, "1m"),
      (245_000, "4m05s"), (3_599_999, "59m59s"), (3_600_000, "1h"), (7_800_000, "2h10m"), (3_660_000, "1h01m"),
      (86_400_000, "1d"), (273_600_000, "3d4h"),
    ])
  func durations(milliseconds: Int, text: String) {
    #expect(Text.duration(milliseconds: milliseconds) == text)
  }

  @Test("Large numbers are grouped by thousands")
  func grouped() {
    let cases = [
      (0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567"), (-1000, "-1,000"), (-999, "-999"),
      (Int.max, "9,223,372,036,854,775,807"), (Int.min, "-9,223,372,036,854,775,808"),
    ]
    for (number, text) in cases { #expect(Text.grouped(number) == text) }
  }

  @Test("Counts and sizes")
  func counts() {
    #expect(Text.count(1, "trial") == "1 trial" && Text.count(0, "trial") == "0 trials")
    #expect(Text.count(1000, "file") == "1,000 files")
    #expect(Text.bytes(0) == "0 bytes" && Text.bytes(999) == "999 bytes" && Text.bytes(1000) == "1 KB")
    #expect(
      Text.bytes(1234) == "1.2 KB" && Text.bytes(5_000_000) == "5 MB" && Text.bytes(2_500_000_000_000) == "2.5 TB")
  }

  @Test("Columns are as wide as their longest cell, and no line ends in spaces")
  func table() {
    let rows = [["a", "bb", "c"], ["long", "", ""], ["", "é", "dd"], ["x"]]
    #expect(Text.table(rows, indent: "  ") == ["  a     bb  c", "  long", "        é   dd", "  x"])
    #expect(Text.table([], indent: "  ").isEmpty)
  }

  @Test("Control characters are replaced, one for one")
  func printable() {
    #expect(Text.printable("a\u{1b}[31m\n\u{7f}\u{9b}é😀") == "a\u{fffd}[31m\u{fffd}\u{fffd}\u{fffd}é😀")
  }
}
