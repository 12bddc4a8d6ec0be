internal import Artifacts
internal import Glibc

/// Looks after a running trial: whether it says anything, and how much room its files take up.
struct TrialVigil {
  private let folder: TrialFolder
  private let reader: MetricReader
  private let limits: TrialLimits
  private var signs: [Sign] = []
  /// When it was heard of last.
  private var heard: Int
  /// When the room is looked at next: what has many files is looked at less often.
  private var roomCheck = 0

  /// Of a file that the trial writes to when it has something to say.
  private struct Sign: Equatable {
    var size = 0
    var seconds = 0
    var nanoseconds = 0

    init(_ path: String) {
      var status = stat()
      guard lstat(path, &status) == 0 else { return }
      size = Int(status.st_size)
      seconds = status.st_mtim.tv_sec
      nanoseconds = status.st_mtim.tv_nsec
    }
  }

  /// - Parameter now: in milliseconds, as in all that follows.
  init(_ folder: TrialFolder, _ reader: MetricReader, _ limits: TrialLimits, now: Int) {
    self.folder = folder
    self.reader = reader
    self.limits = limits
    heard = now
  }

  /// The limit that the trial has gone beyond; nil while it has not.
  mutating func breach(now: Int) -> TrialFacts.Ending? {
    if let silence = limits.silence {
      let signs =
        ([folder.output, folder.errors] + reader.paths(in: folder)).map { Sign($0) }
      if signs != self.signs { heard = now }
      self.signs = signs
      if now - heard >= silence { return .silence(limit: silence) }
    }
    if let disk = limits.disk, roomCheck <= now {
      var room = Room(limit: disk)
      let began = ContinuousClock.now
      room.add(folder.path)
      let taken = (ContinuousClock.now - began) / .milliseconds(1)
      roomCheck = now + max(500, Int(20 * taken))
      if room.bytes > disk { return .disk(limit: disk) }
    }
    return nil
  }

  /// What files take up on their disk; links are not followed.
  private struct Room {
    let limit: Int
    private(set) var bytes = 0

    init(limit: Int) { self.limit = limit }

    /// All that is below a path, until there is more than the limit.
    mutating func add(_ path: String) {
      var status = stat()
      guard bytes <= limit, lstat(path, &status) == 0 else { return }
      bytes += Int(status.st_blocks) * 512
      guard status.st_mode & S_IFMT == S_IFDIR, let names = try? File.names(in: path) else { return }
      for name in names { add(Path.join(path, name)) }
    }
  }
}
