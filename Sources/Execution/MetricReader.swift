package import Artifacts
internal import Glibc

/// Finds metrics in what a trial wrote, however much that is: memory stays below a line, a cell or a record, and a piece
/// of the file.
package enum MetricReader {
  /// The last value of each metric that a trial reported; none when there is no such file.
  ///
  /// - Parameter wanted: metrics that are kept however many others there are.
  package static func metrics(from source: MetricSource, in folder: TrialFolder, wanted: [String]) -> Metrics {
    var sink = MetricSink(source, wanted: wanted)
    let path = source.path.map { Path.join(folder.path, $0) } ?? folder.path
    switch source.form {
    case .auto:
      LineReader.read(folder.output, as: .tokens, into: &sink)
      LineReader.read(folder.metrics, as: .objects, into: &sink)
    case .stdout: LineReader.read(folder.output, as: source.pattern.map { .pattern($0) } ?? .tokens, into: &sink)
    case .file: LineReader.read(folder.metrics, as: .objects, into: &sink)
    case .json: readObject(path, into: &sink)
    case .jsonl: LineReader.read(path, as: .objects, into: &sink)
    case .csv: TableReader.read(path, into: &sink)
    case .tensorboard: EventFiles.read(path, into: &sink)
    }
    return sink.metrics
  }

  /// The files that metrics are read from, beside what a trial prints.
  static func paths(of source: MetricSource, in folder: TrialFolder) -> [String] {
    let path = source.path.map { Path.join(folder.path, $0) } ?? folder.path
    return switch source.form {
    case .stdout: []
    case .auto, .file: [folder.metrics]
    case .json, .jsonl, .csv: [path]
    case .tensorboard: EventFiles.paths(below: path)
    }
  }

  /// Removes what an attempt before this one has left where metrics are read: it would be taken for this one's.
  static func removeOldMetrics(of source: MetricSource, in folder: TrialFolder) {
    for path in paths(of: source, in: folder) { unlink(path) }
  }

  /// A JSON file has to be read whole; a larger one reports nothing.
  private static let largestObject = 64 << 20

  private static func readObject(_ path: String, into sink: inout MetricSink) {
    // A pipe that stands in the file's place would be waited for.
    guard File.kind(of: path) == .file else { return }
    var bytes: [UInt8] = []
    var isTooLarge = false
    try? File.forEachPiece(of: path) { piece in
      isTooLarge = isTooLarge || bytes.count + piece.count > largestObject
      if !isTooLarge { bytes.append(contentsOf: piece) }
    }
    guard !isTooLarge, let json = try? JSON(parsingOutput: bytes) else { return }
    sink.take(membersOf: json)
  }
}

/// Takes in what a source says, under the metrics' own names.
struct MetricSink {
  private(set) var metrics: Metrics
  /// The metrics by their names at the source; nil where all are collected, as they are called.
  private let names: [String: [String]]?

  init(_ source: MetricSource, wanted: [String]) {
    metrics = Metrics(wanted: wanted)
    names = source.names.isEmpty ? nil : Dictionary(grouping: source.names, by: \.source).mapValues { $0.map(\.metric) }
  }

  func wants(_ name: String) -> Bool { names.map { $0[name] != nil } ?? true }

  mutating func take(_ name: String, _ value: Double) {
    guard let names else { return metrics.set(name, value) }
    for metric in names[name] ?? [] { metrics.set(metric, value) }
  }

  /// The numbers of an object; `a.b` is the member `b` of the object `a`.
  mutating func take(membersOf json: JSON, prefix: String = "") {
    for member in json.members ?? [] {
      let name = prefix + member.name
      if case .object = member.value {
        take(membersOf: member.value, prefix: name + ".")
      } else if let value = member.value.number ?? member.value.string.flatMap(Double.init) {
        take(name, value)
      }
    }
  }
}
