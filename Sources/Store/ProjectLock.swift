internal import Artifacts
internal import Glibc

/// Makes sure that one process at a time writes to a project.
///
/// An advisory lock on a file of the `.attune` folder, which the system frees when the process dies, however it dies.
/// The file says who holds it, for people.
package struct ProjectLock: ~Copyable {
  private let descriptor: Int32

  package static let fileName = "lock"

  /// - Throws: `LockHeld` within a moment when another process has the lock.
  package init(folder: String, holder: String) throws {
    let path = Path.join(folder, Self.fileName)
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FileError("open", path) }
    guard Self.take(descriptor) else {
      let code = errno
      close(descriptor)
      guard code == EWOULDBLOCK else { throw FileError("lock", path, code: code) }
      throw LockHeld(holder: String(decoding: (try? File.read(path)) ?? [], as: UTF8.self))
    }
    let bytes = Array(holder.utf8)
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

  /// Who has the lock, in words; nil when nobody has.
  package static func holder(folder: String) -> String? {
    let path = Path.join(folder, fileName)
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    guard flock(descriptor, LOCK_SH | LOCK_NB) != 0, errno == EWOULDBLOCK else { return nil }
    return String(decoding: (try? File.read(path)) ?? [], as: UTF8.self)
  }

  deinit {
    ftruncate(descriptor, 0)
    close(descriptor)
  }
}

/// Another process has the lock.
package struct LockHeld: Error, CustomStringConvertible {
  /// Who, in words; may be empty.
  package var holder: String

  package var description: String {
    "another attune is at work in this project" + (holder.isEmpty ? "" : ": \(holder)")
  }
}
