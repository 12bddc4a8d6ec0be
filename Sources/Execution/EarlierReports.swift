internal import Artifacts
internal import Glibc
internal import Search

/// What the attempts before this one have reported, of a run that may go on from its own checkpoint.
///
/// The files that they reported to are begun anew with each attempt, so it stands in one of its own.
struct EarlierReports {
  private let all: MetricReader.Reported

  /// Gathers what is there before the run is launched again; nil where it has nothing to go on from, or nothing was reported.
  ///
  /// - Parameters:
  ///   - isWhole: whether the last attempt has come to an end of its own: what it was writing when it was killed is not whole.
  ///   - covered: takes secrets out of names.
  /// - Throws: `FileError` when it cannot be kept.
  init?(keptIn folder: TrialFolder, of reader: MetricReader, isWhole: Bool, covered: (Metrics) -> Metrics) throws {
    guard let names = try? File.names(in: folder.checkpoint), !names.isEmpty else {
      unlink(folder.earlier)
      return nil
    }
    var all = reader.reported(in: folder, isWhole ? .over : .cut)
    if let earlier = Self(writtenTo: folder.earlier, by: reader) { all = earlier.continued(by: all) }
    all.metrics = covered(all.metrics)
    guard !all.metrics.values.isEmpty else { return nil }
    self.all = all
    let json: JSON = .object([
      "source": reader.json, "metrics": all.metrics.json, "curve": all.curve.json,
      "others": .object(all.others.map { JSON.Member($0.key, $0.value.json) }), "isWritten": .bool(all.isWritten),
    ])
    try File.replace(folder.earlier, with: json.canonicalBytes)
  }

  /// Nil where there is none, or it was read in another way.
  private init?(writtenTo path: String, by reader: MetricReader) {
    guard let bytes = try? File.read(path), let json = try? JSON(document: bytes),
      json["source"]?.canonicalBytes == reader.json.canonicalBytes,
      let metrics = json["metrics"].flatMap(Metrics.init(json:)), let curve = json["curve"].flatMap(Curve.init(json:))
    else { return nil }
    var others: [String: ValueRange] = [:]
    for member in json["others"]?.members ?? [] { others[member.name] = ValueRange(json: member.value) }
    all = MetricReader.Reported(
      metrics: metrics, curve: curve, others: others, isWritten: json["isWritten"] == .bool(true))
  }

  /// With what an attempt after them has reported. Of its first step and those behind that it alone is heard, and of nothing else
  /// where it has begun from the beginning.
  func continued(by last: MetricReader.Reported) -> MetricReader.Reported {
    let first = last.curve.reports.first?.step
    if let first, first <= all.curve.reports.first?.step ?? first { return last }
    // What is written counts in place of what is printed.
    if last.isWritten, !all.isWritten { return last }
    let isPassedOver = all.isWritten && !last.isWritten
    var joined = last
    joined.isWritten = all.isWritten
    for metric in all.metrics.values where isPassedOver || joined.metrics[metric.name] == nil {
      joined.metrics.set(metric.name, metric.value)
    }
    guard let first, !isPassedOver else {
      joined.curve = all.curve
      joined.others.include(all.others)
      return joined
    }
    let before = all.curve.through(first - 1)
    // What was said after the last report that counts stands beside the next one.
    let next = all.curve.reports.dropFirst(before.reports.count).first
    joined.curve = before.followed(by: last.curve, after: next?.others ?? all.others)
    return joined
  }
}
