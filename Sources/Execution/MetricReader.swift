package import Artifacts
internal import Glibc
internal import Search

/// Finds metrics in what a trial wrote, however much that is: memory stays below a line, a cell or a record, and a piece
/// of the file.
package struct MetricReader: Sendable {
  private let source: MetricSource
  private let wanted: [String]
  private let watched: [String]

  /// - Parameters:
  ///   - wanted: metrics that are kept however many others there are.
  ///   - watched: those whose values on the way stand beside the first one's.
  package init(_ source: MetricSource, wanted: [String], watched: [String] = []) {
    (self.source, self.wanted, self.watched) = (source, wanted, watched)
  }

  init(of plan: Plan) {
    self.init(plan.trial.metrics, wanted: plan.judgedMetrics, watched: plan.search.watchedMetrics)
  }

  /// What it finds.
  struct Reported {
    /// The last value of each metric.
    var metrics: Metrics
    /// The first one's values on the way.
    var curve: Curve
    /// What was said of the watched metrics after the last of these.
    var others: [String: ValueRange] = [:]
    /// Whether the curve is of what was written, where what is printed would count without that.
    var isWritten = false
  }

  /// How far what it reads has come.
  enum Stage {
    /// What stands behind the last end of a line is not whole, and of several metrics some may be behind.
    case running
    /// Nothing more comes, but the last line may have been cut.
    case cut
    case over
  }

  /// What a trial reported; nothing when there is no such file.
  func reported(in folder: TrialFolder, _ stage: Stage) -> Reported {
    var sink = MetricSink(source, wanted: wanted, watched: watched, stage)
    let path = source.path.map { Path.join(folder.path, $0) } ?? folder.path
    switch source.form {
    case .auto:
      LineReader.read(folder.output, as: .tokens, into: &sink)
      let printed = sink.takeCurve()
      LineReader.read(folder.metrics, as: .objects, into: &sink)
      let written = sink.takeCurve()
      let isWritten = !written.curve.reports.isEmpty
      let (curve, others) = isWritten ? written : printed
      return Reported(metrics: sink.metrics, curve: curve, others: others, isWritten: isWritten)
    case .stdout: LineReader.read(folder.output, as: source.pattern.map { .pattern($0) } ?? .tokens, into: &sink)
    case .file: LineReader.read(folder.metrics, as: .objects, into: &sink)
    case .json: Self.readObject(path, into: &sink)
    case .jsonl: LineReader.read(path, as: .objects, into: &sink)
    case .csv: TableReader.read(path, into: &sink)
    case .tensorboard: EventFiles.read(path, into: &sink)
    }
    let (curve, others) = sink.takeCurve()
    return Reported(metrics: sink.metrics, curve: curve, others: others)
  }

  /// What a trial that is over reported, behind what attempts before it did.
  func read(in folder: TrialFolder, behind earlier: EarlierReports? = nil) -> (metrics: Metrics, curve: Curve) {
    let last = reported(in: folder, .over)
    let all = earlier?.continued(by: last) ?? last
    return (all.metrics, all.curve.ended(after: all.others))
  }

  /// What tells it from others that find other reports.
  var json: JSON {
    .object([
      "source": source.json, "metric": wanted.first.map(JSON.string),
    ])
  }

  /// The files that metrics are read from, beside what a trial prints.
  func paths(in folder: TrialFolder) -> [String] {
    let path = source.path.map { Path.join(folder.path, $0) } ?? folder.path
    return switch source.form {
    case .stdout: []
    case .auto, .file: [folder.metrics]
    case .json, .jsonl, .csv: [path]
    case .tensorboard: EventFiles.paths(below: path)
    }
  }

  /// Removes what an attempt before this one has left where metrics are read: it would be taken for this one's.
  func removeOldMetrics(in folder: TrialFolder) {
    for path in paths(in: folder) { unlink(path) }
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
    // It is written anew each time, and only the last is known.
    if sink.stage != .running { sink.endRecord() }
  }
}

/// Takes in what a source says, under the metrics' own names.
struct MetricSink {
  let stage: MetricReader.Stage
  private(set) var metrics: Metrics
  /// The metrics by their names at the source; nil where all are collected, as they are called.
  private let names: [String: [String]]?
  /// What the first of the wanted metrics is called at the source, and the values that it had.
  private let reported: String
  /// The metrics whose values stand beside it, by their names at the source, and between which values they were since its last one.
  private let watched: [String: [String]]
  private var others: [String: ValueRange] = [:]
  private var curve = Curve()
  /// Of the record that is being read.
  private var value: Double?
  private var steps: [Double?] = [nil, nil]

  /// What says how far a trial has come; the first of them where several do.
  private static let stepNames = ["step", "epoch"]

  init(_ source: MetricSource, wanted: [String], watched: [String], _ stage: MetricReader.Stage) {
    self.stage = stage
    metrics = Metrics(wanted: wanted)
    names = source.names.isEmpty ? nil : Dictionary(grouping: source.names, by: \.source).mapValues { $0.map(\.metric) }
    reported = wanted.first.map(source.sourceName) ?? ""
    self.watched = Dictionary(grouping: watched, by: source.sourceName)
  }

  func wants(_ name: String) -> Bool { isOfCurve(name) || names.map { $0[name] != nil } ?? true }

  /// Whether it is the first metric, or one that stands beside it.
  func isReported(_ name: String) -> Bool { name == reported || watched[name] != nil }

  func isOfCurve(_ name: String) -> Bool { isReported(name) || Self.stepNames.contains(name) }

  /// Takes what a record says of the curve.
  mutating func note(_ name: String, _ value: Double) {
    if name == reported { self.value = value }
    for metric in watched[name] ?? [] { others.include(value, of: metric) }
    if let index = Self.stepNames.firstIndex(of: name) { steps[index] = value }
  }

  /// A record has come to its end: a line, a row, an object.
  mutating func endRecord() {
    if let value { add(value, at: steps.lazy.compactMap { $0.flatMap { Int(exactly: $0) } }.first) }
    value = nil
    steps = [nil, nil]
  }

  /// Takes values that have steps of their own, and of each metric come in their order: beside one of the first metric stand those
  /// of the others that are no further.
  ///
  /// While more is written, those are left out which the others are not beyond: what stands beside them may be on its way.
  mutating func report(_ reports: [(name: String, step: Int, value: Double)]) {
    let beside = watched.map { name, metrics in
      (metrics, reports.filter { $0.name == name }.sorted { $0.step < $1.step })
    }
    let known = stage != .running ? Int.max : beside.map { $0.1.last?.step ?? -1 }.min() ?? Int.max
    var places = beside.map { _ in 0 }
    func take(through step: Int, into others: inout [String: ValueRange]) {
      for (index, (metrics, reports)) in beside.enumerated() {
        while places[index] < reports.count, reports[places[index]].step <= step {
          for metric in metrics { others.include(reports[places[index]].value, of: metric) }
          places[index] += 1
        }
      }
    }
    for report in reports where report.name == reported {
      guard report.step < known else { break }
      take(through: report.step, into: &others)
      add(report.value, at: report.step)
    }
    if stage != .running { take(through: .max, into: &others) }
  }

  private mutating func add(_ value: Double, at step: Int?) {
    if curve.add(value, at: step, others: others) { others.removeAll() }
  }

  /// The values that the first metric had since this was asked last, and what was said of others after the last of them.
  mutating func takeCurve() -> (curve: Curve, others: [String: ValueRange]) {
    defer { (curve, others) = (Curve(), [:]) }
    return (curve, others)
  }

  mutating func take(_ name: String, _ value: Double) {
    note(name, value)
    set(name, value)
  }

  /// Takes a last value, which says nothing of the curve.
  mutating func set(_ name: String, _ value: Double) {
    guard let names else { return metrics.set(name, value) }
    for metric in names[name] ?? [] { metrics.set(metric, value) }
  }

  /// The numbers of an object; `a.b` is the member `b` of the object `a`.
  mutating func take(membersOf json: JSON, prefix: String = "") {
    for member in json.members ?? [] {
      let name = prefix + member.name
      if case .object = member.value {
        take(membersOf: member.value, prefix: name + ".")
      } else if let value = member.value.measured {
        take(name, value)
      }
    }
  }
}

extension [String: ValueRange] {
  fileprivate mutating func include(_ value: Double, of metric: String) {
    var range = self[metric] ?? ValueRange(value)
    range.include(value)
    self[metric] = range
  }
}
