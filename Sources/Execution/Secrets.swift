package import Artifacts
internal import Glibc

/// The values of an experiment's secrets, as this process' environment has them, and how they are kept out of sight.
///
/// What a trial prints is covered when it has ended: the value as it is, each of its lines, and as JSON and a URL spell
/// it. A value that a trial spells otherwise (reversed, in base 64, cut in two) is not known again.
package struct Secrets: Sendable {
  /// The names of those that are too short to be told from other text: they are not covered.
  package let short: [String]

  /// The spellings, the longest first.
  private let spellings: [[UInt8]]

  /// Shorter values are not covered: too much else would be.
  package static let shortest = 4
  /// A value of so many bytes does not stand in a document by chance.
  private static let telling = 8
  private static let cover = Array("***".utf8)

  /// - Parameter texts: what is recorded beside the plan.
  /// - Throws: `ExecutionError` when a variable that the plan needs is not set, or a secret's value stands in what is
  ///   recorded.
  package init(of document: PlanDocument, texts: [String]) throws {
    let plan = document.plan
    let declared = plan.trial.environment.map(\.name)
    let values = plan.secrets.map { (name: $0, value: ProcessEnvironment.value(of: $0) ?? "") }
    let missing =
      values.filter(\.value.isEmpty).map(\.name)
      + plan.trial.namedVariables.filter { !declared.contains($0) && ProcessEnvironment.value(of: $0) == nil }
    guard missing.isEmpty else { throw ExecutionError.variablesMissing(missing) }
    short = values.filter { $0.value.utf8.count < Self.shortest }.map(\.name)
    spellings = Set(values.flatMap { Self.spellings(of: $0.value) }).sorted { first, second in
      first.count == second.count ? first.lexicographicallyPrecedes(second) : first.count > second.count
    }
    let recorded = texts.map { Array($0.utf8) } + [document.json.canonicalBytes]
    for (name, value) in values where value.utf8.count >= Self.telling {
      let finder = Finder(Self.spellings(of: value))
      guard !recorded.contains(where: { finder.isFound(in: $0[...]) }) else { throw ExecutionError.secretWritten(name) }
    }
  }

  private static func spellings(of value: String) -> [[UInt8]] {
    let lines = value.split(whereSeparator: \.isNewline).map { Array($0.utf8) }
    let json = JSON.string(value).canonicalBytes.dropFirst().dropLast()
    let all = [Array(value.utf8), Array(json), percentEncoded(value)] + lines
    return all.filter { $0.count >= shortest }
  }

  private static func percentEncoded(_ value: String) -> [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    return value.utf8.flatMap { byte -> [UInt8] in
      let character = Character(Unicode.Scalar(byte))
      let isPlain = byte < 0x80 && (character.isLetter || character.isNumber || "-_.~".contains(character))
      return isPlain ? [byte] : [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
  }

  /// A text with stars in the place of secrets.
  func covered(_ text: String) -> String {
    guard !spellings.isEmpty else { return text }
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)
    Finder(spellings).cover(&rest, isLast: true, with: Self.cover) { bytes += $0 }
    return String(decoding: bytes, as: UTF8.self)
  }

  func covered(_ metrics: Metrics) -> Metrics {
    guard !spellings.isEmpty else { return metrics }
    var result = Metrics()
    for metric in metrics.values { result.set(covered(metric.name), metric.value) }
    return result
  }

  /// Covers what a trial has left in attune's files; a file that cannot be covered is removed.
  func coverFiles(of folder: TrialFolder) {
    guard !spellings.isEmpty else { return }
    for path in [folder.output, folder.errors, folder.metrics] where File.isRegular(path) {
      do { try coverFile(path) } catch { unlink(path) }
    }
  }

  /// A process that the trial has left behind goes on writing to the file that was, which nobody sees.
  private func coverFile(_ path: String) throws(FileError) {
    let finder = Finder(spellings)
    guard try finder.isFound(inFile: path) else { return }
    var failure: FileError?
    try File.replace(path) { write throws(FileError) in
      var rest: [UInt8] = []
      func pass(isLast: Bool) {
        finder.cover(&rest, isLast: isLast, with: Self.cover) { bytes in
          do throws(FileError) { try write(bytes) } catch { failure = failure ?? error }
        }
      }
      try File.forEachPiece(of: path) { piece in
        rest.append(contentsOf: piece)
        pass(isLast: false)
      }
      pass(isLast: true)
      if let failure { throw failure }
    }
  }
}

/// Looks for several byte strings at once.
private struct Finder {
  private let needles: [[UInt8]]
  private let isFirst: [Bool]
  private let longest: Int

  /// - Parameter needles: the longest first.
  init(_ needles: [[UInt8]]) {
    self.needles = needles
    longest = needles.map(\.count).max() ?? 0
    var isFirst = [Bool](repeating: false, count: 256)
    for needle in needles { if let first = needle.first { isFirst[Int(first)] = true } }
    self.isFirst = isFirst
  }

  /// The first place where one stands, and its end.
  private func next(in bytes: ArraySlice<UInt8>) -> Range<Int>? {
    var index = bytes.startIndex
    while index < bytes.endIndex {
      if isFirst[Int(bytes[index])], let needle = needles.first(where: { bytes[index...].starts(with: $0) }) {
        return index..<index + needle.count
      }
      index += 1
    }
    return nil
  }

  func isFound(in bytes: ArraySlice<UInt8>) -> Bool { next(in: bytes) != nil }

  func isFound(inFile path: String) throws(FileError) -> Bool {
    var rest: [UInt8] = []
    var isFound = false
    try File.forEachPiece(of: path) { piece in
      guard !isFound else { return }
      rest.append(contentsOf: piece)
      isFound = next(in: rest[...]) != nil
      rest.removeFirst(max(0, rest.count - longest + 1))
    }
    return isFound
  }

  /// Hands the bytes on with `cover` in the place of needles, and keeps those that one may begin in.
  func cover(_ bytes: inout [UInt8], isLast: Bool, with cover: [UInt8], _ body: ([UInt8]) -> Void) {
    var start = 0
    var result: [UInt8] = []
    while let found = next(in: bytes[start...]) {
      // A longer one may begin here, when more has come.
      guard isLast || found.lowerBound + longest <= bytes.count else { break }
      result += bytes[start..<found.lowerBound] + cover
      start = found.upperBound
    }
    let end = isLast ? bytes.count : max(start, bytes.count - longest + 1)
    result += bytes[start..<end]
    bytes.removeFirst(end)
    if !result.isEmpty { body(result) }
  }
}
