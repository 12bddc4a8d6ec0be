internal import Artifacts
internal import Glibc
internal import Search

/// What a running trial has reported by now.
struct TrialReports {
  private let folder: TrialFolder
  private let source: MetricSource
  private let wanted: [String]
  private let watched: [String]
  private let earlier: EarlierReports?
  /// The sizes of the files when they were read last: nothing is read again that has not grown.
  private var sizes: [Int] = []
  private var count = 0

  init(of job: Job, _ source: MetricSource, wanted: [String], watched: [String]) {
    (folder, earlier) = (job.folder, job.earlier)
    self.source = source
    self.wanted = wanted
    self.watched = watched
  }

  /// The whole of it, behind what attempts before this one reported; nil when that is no more than last time.
  mutating func read() -> Curve? {
    let sizes = ([folder.output] + MetricReader.paths(of: source, in: folder)).map(Self.size)
    guard sizes != self.sizes else { return nil }
    self.sizes = sizes
    let read = MetricReader.read(source, in: folder, wanted: wanted, watched: watched, isOver: false)
    guard read.curve.reports.count > count else { return nil }
    count = read.curve.reports.count
    return earlier?.continued(by: read).curve ?? read.curve
  }

  private static func size(of path: String) -> Int {
    var status = stat()
    return lstat(path, &status) == 0 ? Int(status.st_size) : -1
  }
}
