internal import Artifacts
internal import Glibc
internal import Search

/// What the attempts before this one have reported, of a run that may go on from its own checkpoint.
///
/// The files that they reported to are begun anew with each attempt, so it stands in one of its own.
struct EarlierReports {
  private let metrics: Metrics
  private let curve: Curve

  /// Gathers what is there before the run is launched again; nil where it has nothing to go on from, or nothing was reported.
  ///
  /// - Throws: `FileError` when it cannot be kept.
  init?(
    keptIn folder: TrialFolder, _ source: MetricSource, wanted: [String], watched: [String], _ secrets: Secrets
  ) throws {
    guard let names = try? File.names(in: folder.checkpoint), !names.isEmpty else {
      unlink(folder.earlier)
      return nil
    }
    // What was being written when the attempt was killed is not whole.
    var all = MetricReader.read(source, in: folder, wanted: wanted, watched: watched, isOver: false)
    if let earlier = Self(writtenTo: folder.earlier) { all = earlier.continued(by: all) }
    (metrics, curve) = (secrets.covered(all.metrics), all.curve)
    guard !metrics.values.isEmpty else { return nil }
    let json: JSON = .object(["metrics": metrics.json, "curve": curve.json])
    try File.replace(folder.earlier, with: json.canonicalBytes)
  }

  private init?(writtenTo path: String) {
    guard let bytes = try? File.read(path), let json = try? JSON(document: bytes),
      let metrics = json["metrics"].flatMap(Metrics.init(json:)), let curve = json["curve"].flatMap(Curve.init(json:))
    else { return nil }
    (self.metrics, self.curve) = (metrics, curve)
  }

  /// With what an attempt after them has reported. Of its first step and those behind that it alone is heard, and of nothing else
  /// where it has begun from the beginning.
  func continued(by last: (metrics: Metrics, curve: Curve)) -> (metrics: Metrics, curve: Curve) {
    let before = last.curve.reports.first.map { curve.through($0.step - 1) } ?? curve
    guard !before.reports.isEmpty || last.curve.reports.isEmpty else { return last }
    var all = last.metrics
    for metric in metrics.values where all[metric.name] == nil { all.set(metric.name, metric.value) }
    return (all, before.followed(by: last.curve))
  }
}
