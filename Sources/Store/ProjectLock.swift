package import Artifacts
internal import Glibc

/// Makes sure that one process at a time writes to a project.
///
/// An advisory lock on a file of the `.attune` folder, which the system frees when the process dies, however it dies.
/// The file says who holds it.
package struct ProjectLock: ~Copyable {
  private let descriptor: Int32

  package static let fileName = "lock"

  /// - Throws: `LockHeld` within a moment when another process has the lock.
  package init(folder: String, holder: LockHolder) throws {
    let path = Path.join(folder, Self.fileName)
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FileError("open", path) }
    guard Self.take(descriptor) else {
      let code = errno
      close(descriptor)
      guard code == EWOULDBLOCK else { throw FileError("lock", path, code: code) }
      throw LockHeld(holder: LockHolder(at: path))
    }
    let bytes = holder.json.canonicalBytes
    guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, bytes, bytes.count, 0) == bytes.count else {
      let error = FileError("write", path)
      close(descriptor)
      throw error
    }
    self.descriptor = descriptor
  }

  /// Those who only ask for the holder have the lock themselves for an instant: that is waited for.
  private static func take(_ descriptor: Int32) -> Bool {
    for _ in 0..<10 {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
      guard errno == EWOULDBLOCK else { return false }
      usleep(5000)
    }
    return flock(descriptor, LOCK_EX | LOCK_NB) == 0
  }

  /// Whether a process has the lock, and which, where that is known.
  package static func isHeld(folder: String) -> (Bool, by: LockHolder?) {
    let path = Path.join(folder, fileName)
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return (false, nil) }
    defer { close(descriptor) }
    guard flock(descriptor, LOCK_SH | LOCK_NB) != 0, errno == EWOULDBLOCK else { return (false, nil) }
    return (true, LockHolder(at: path))
  }

  deinit {
    ftruncate(descriptor, 0)
    close(descriptor)
  }
}

/// The process that has a project's lock.
package struct LockHolder: Hashable, Sendable {
  package var pid: Int
  package var host: String
  /// Seconds since 1970, UTC.
  package var since: Double
  /// In words, such as `applying sweeps/e.yaml`.
  package var task: String

  /// This process, from now on.
  package init(task: String) {
    pid = Int(getpid())
    host = Host.name
    since = Now.wall
    self.task = task
  }

  package var json: JSON {
    .object(["pid": .int(pid), "host": .string(host), "since": .number(since), "task": .string(task)])
  }

  /// As the holder has written it; nil when it has not yet.
  fileprivate init?(at path: String) {
    guard let bytes = try? File.read(path), let json = try? JSON(parsing: bytes), let pid = json["pid"]?.int,
      let host = json["host"]?.string, let since = json["since"]?.number, let task = json["task"]?.string
    else { return nil }
    (self.pid, self.host, self.since, self.task) = (pid, host, since, task)
  }

  package var words: String { "process \(pid) on \(host), \(task) since \(Moment.text(since))" }
}

/// Another process has the lock.
package struct LockHeld: Error, CustomStringConvertible {
  /// Nil when it has not said so yet.
  package var holder: LockHolder?

  package var description: String {
    "another attune is at work in this project" + (holder.map { ": \($0.words)" } ?? "")
  }
}
