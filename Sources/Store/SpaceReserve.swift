internal import Artifacts
internal import GRDB
internal import Glibc

/// Room on the disk that is given back when there is none left, so that what has happened can still be recorded.
package struct SpaceReserve: Sendable {
  /// In bytes: thousands of events.
  package static let size = 1 << 20
  package static let fileName = "reserve"

  private let path: String

  package init(folder: String) { path = Path.join(folder, Self.fileName) }

  /// Takes the room, where it is not taken already.
  ///
  /// - Returns: whether it could be taken, and as much is left for others.
  package func take() -> Bool {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    guard posix_fallocate(descriptor, 0, off_t(Self.size)) == 0 else {
      giveBack()
      return false
    }
    return hasOtherRoom(Self.size)
  }

  /// Whether there is so much room besides, in bytes.
  package func hasOtherRoom(_ size: Int) -> Bool {
    var disk = statvfs()
    guard statvfs(Path.folder(of: path), &disk) == 0 else { return true }
    // Some file systems do not count files.
    let hasFiles = disk.f_files == 0 || disk.f_favail >= 64
    return hasFiles && Int(disk.f_bavail) * Int(disk.f_frsize) >= size
  }

  package func giveBack() { unlink(path) }
}

/// Whether an error says that there is no room left on a disk.
package func isLackOfSpace(_ error: any Error) -> Bool {
  switch error {
  case let error as FileError: [ENOSPC, EDQUOT].contains(error.code)
  case let error as DatabaseError: error.resultCode == .SQLITE_FULL
  default: false
  }
}
