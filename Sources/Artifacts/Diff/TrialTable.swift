internal import Glibc

/// The lines of a `trials.jsonl`, taken apart only as far as two of them are compared: very many fit into memory.
///
/// What the lines are is trusted: a digest in the manifest says whether they are those that were written.
package struct TrialTable: Sendable {
  package struct Row: Sendable {
    /// The trial's key, or that of its first run.
    var key: Slice
    /// The point as canonical JSON.
    var parameters: Slice
    /// `metrics`, `failure` or `stopped`, and `runs`, where the line has them.
    var metrics = Slice()
    var failure = Slice()
    var runs = Slice()
    /// The first letter of `state`: completed, stopped, failed or infeasible.
    var state: UInt8
  }

  /// A range of the table's bytes.
  struct Slice: Hashable, Sendable {
    var start: Int32 = 0
    var end: Int32 = 0

    var range: Range<Int> { Int(start)..<Int(end) }
  }

  let bytes: [UInt8]
  package let rows: [Row]
  /// For each row in turn the value of each objective; NaN where the trial did not complete.
  package let values: [Double]
  package let objectives: Int

  /// Complexity: O(bytes), with one pass.
  ///
  /// - Parameter metrics: the objectives'.
  /// - Throws: `DocumentError` with the line that is no trial.
  package init(_ bytes: [UInt8], metrics: [String]) throws(DocumentError) {
    guard bytes.count < Int(Int32.max) else { throw DocumentError("trials of more than 2 GiB are not compared") }
    let names = metrics.map { JSON.string($0).canonicalBytes }
    var (rows, values): ([Row], [Double]) = ([], [])
    let failure: Int? = bytes.withUnsafeBufferPointer { buffer in
      var scanner = LineScanner(bytes: buffer)
      while scanner.position < buffer.count {
        guard let row = scanner.row() else { return rows.count + 1 }
        rows.append(row)
        for name in names {
          values.append(row.state == UInt8(ascii: "c") ? scanner.number(named: name, in: row.metrics) : .nan)
        }
      }
      return nil
    }
    if let failure { throw DocumentError("line \(failure) of its trials is no trial") }
    self.bytes = bytes
    self.rows = rows
    self.values = values
    objectives = metrics.count
  }

  package var count: Int { rows.count }

  /// The objectives' values of a trial; nil where it did not complete.
  package func values(of trial: Int) -> [Double]? {
    guard rows[trial].state == UInt8(ascii: "c") else { return nil }
    return Array(values[trial * objectives..<(trial + 1) * objectives])
  }

  /// A parameter's value in each trial; NaN where it has none, or it is no number. Complexity: O(bytes of the points).
  func numbers(of parameter: String) -> [Double] {
    let name = JSON.string(parameter).canonicalBytes
    return bytes.withUnsafeBufferPointer { buffer in
      let scanner = LineScanner(bytes: buffer)
      return rows.map { scanner.number(named: name, in: $0.parameters) }
    }
  }

  /// A trial's point as canonical JSON.
  package func parameters(of trial: Int) -> String {
    String(decoding: bytes[rows[trial].parameters.range], as: UTF8.self)
  }

  /// What a trial came to, in words of its record: its metrics, or how it failed.
  package func outcome(of trial: Int) -> String {
    let row = rows[trial]
    let slice = row.failure.range.isEmpty ? row.metrics : row.failure
    let text = String(decoding: bytes[slice.range], as: UTF8.self)
    return switch row.state {
    case UInt8(ascii: "i"): "infeasible \(text)"
    case UInt8(ascii: "s"): "stopped \(text)"
    default: text
    }
  }

  /// What one line records of each run's metrics: a list for each run, of the objectives; empty where one failed.
  package func replicates(of trial: Int, metrics: [String]) -> [[Double]] {
    let runs = rows[trial].runs.range
    guard !runs.isEmpty, let list = try? JSON(parsing: bytes[runs]).array else {
      return values(of: trial).map { [$0] } ?? []
    }
    let all = list.map { run in metrics.compactMap { run["metrics"]?[$0]?.number } }
    return all.allSatisfy { $0.count == metrics.count } ? all : []
  }
}

/// Takes lines of canonical JSON apart: an object of known members each.
private struct LineScanner {
  let bytes: UnsafeBufferPointer<UInt8>
  var position = 0

  /// The line at the position, which moves behind it; nil when it is no record of a trial.
  mutating func row() -> TrialTable.Row? {
    guard skip("{") else { return nil }
    var row = TrialTable.Row(key: .init(), parameters: .init(), state: 0)
    repeat {
      guard let name = value(), skip(":"), let value = value() else { return nil }
      // Among the members of a record, the first letters and the lengths differ.
      switch (bytes[Int(name.start) + 1], name.range.count - 2) {
      case (UInt8(ascii: "k"), 3): row.key = value
      case (UInt8(ascii: "p"), 10): row.parameters = value
      case (UInt8(ascii: "m"), 7): row.metrics = value
      case (UInt8(ascii: "f"), 7), (UInt8(ascii: "s"), 7): row.failure = value
      case (UInt8(ascii: "r"), 4): row.runs = value
      case (UInt8(ascii: "s"), 5) where value.range.count > 2: row.state = bytes[Int(value.start) + 1]
      default: break
      }
    } while skip(",")
    guard skip("}"), position == bytes.count || skip("\n") else { return nil }
    if row.key.range.isEmpty { row.key = firstKey(in: row.runs) }
    return row.state == 0 || row.parameters.range.isEmpty ? nil : row
  }

  private mutating func skip(_ letter: Unicode.Scalar) -> Bool {
    guard position < bytes.count, bytes[position] == UInt8(ascii: letter) else { return false }
    position += 1
    return true
  }

  /// Any value.
  private mutating func value() -> TrialTable.Slice? {
    let start = position
    var depth = 0
    scan: while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\""):
        guard skipString() else { return nil }
        if depth == 0 { break scan }
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        // The end of what a number or a word stands in.
        if depth == 0 { break scan }
        depth -= 1
        if depth == 0 {
          position += 1
          break scan
        }
      case UInt8(ascii: ","), UInt8(ascii: "\n"): if depth == 0 { break scan }
      default: break
      }
      position += 1
    }
    return position > start && depth == 0 ? TrialTable.Slice(start: Int32(start), end: Int32(position)) : nil
  }

  private mutating func skipString() -> Bool {
    position += 1
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\""):
        position += 1
        return true
      case UInt8(ascii: "\\"): position += 2
      default: position += 1
      }
    }
    return false
  }

  /// The value of a member of an object that is a number; NaN where there is none.
  ///
  /// - Parameter name: in quotes.
  func number(named name: [UInt8], in object: TrialTable.Slice) -> Double {
    var inner = LineScanner(bytes: bytes, position: Int(object.start))
    guard inner.skip("{") else { return .nan }
    repeat {
      guard let member = inner.value(), inner.skip(":"), let value = inner.value() else { return .nan }
      if bytes[member.range].elementsEqual(name) { return number(at: value) }
    } while inner.skip(",")
    return .nan
  }

  private func number(at slice: TrialTable.Slice) -> Double {
    guard let base = bytes.baseAddress else { return .nan }
    // What follows a number in an object ends it.
    return UnsafeRawPointer(base + Int(slice.start)).withMemoryRebound(to: CChar.self, capacity: slice.range.count) {
      strtod($0, nil)
    }
  }

  /// The value of the first member `key` of a list of runs.
  private func firstKey(in runs: TrialTable.Slice) -> TrialTable.Slice {
    let name = Array("\"key\":".utf8)
    var place = Int(runs.start)
    while place + name.count < Int(runs.end) {
      if bytes[place] == name[0], bytes[place..<place + name.count].elementsEqual(name) {
        var inner = LineScanner(bytes: bytes, position: place + name.count)
        return inner.value() ?? .init()
      }
      place += 1
    }
    return .init()
  }
}
