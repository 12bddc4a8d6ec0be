internal import Artifacts
internal import Glibc
internal import Search

/// What a running trial has reported by now.
struct TrialReports {
  private let folder: TrialFolder
  private let reader: MetricReader
  private let earlier: EarlierReports?
  /// The sizes of the files when they were read last: nothing is read again that has not grown.
  private var sizes: [Int] = []
  private var count = 0

  init(of job: Job, _ reader: MetricReader) { (folder, earlier, self.reader) = (job.folder, job.earlier, reader) }

  /// The whole of it, behind what attempts before this one reported; nil when that is no more than last time.
  mutating func read() -> Curve? {
    let sizes = ([folder.output] + reader.paths(in: folder)).map(Self.size)
    guard sizes != self.sizes else { return nil }
    self.sizes = sizes
    let read = reader.reported(in: folder, .running)
    guard read.curve.reports.count > count else { return nil }
    count = read.curve.reports.count
    return earlier?.continued(by: read).curve ?? read.curve
  }

  private static func size(of path: String) -> Int {
    var status = stat()
    return lstat(path, &status) == 0 ? Int(status.st_size) : -1
  }
}
