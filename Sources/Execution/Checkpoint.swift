internal import Artifacts
internal import Glibc

/// What a trial leaves for the one that continues from it.
enum Checkpoint {
  /// Copies a folder with all that is below it: whole or not at all, whenever this process is killed. A folder that is not
  /// there gives none: then the trial begins anew.
  ///
  /// - Throws: `FileError`.
  static func copy(_ from: String, to: String) throws {
    guard File.kind(of: from) == .folder else { return }
    let draft = to + ".new"
    if File.kind(of: draft) != nil || File.isLink(draft) { try Garbage.remove(draft) }
    try copyFolder(from, to: draft)
    guard rename(draft, to) == 0 else { throw FileError("write", to) }
  }

  private static func copyFolder(_ from: String, to: String) throws {
    try File.makeFolders(to)
    for name in try File.names(in: from) {
      let (source, target) = (Path.join(from, name), Path.join(to, name))
      if File.isLink(source) {
        try copyLink(source, to: target)
      } else if File.kind(of: source) == .folder {
        try copyFolder(source, to: target)
      } else if File.kind(of: source) == .file {
        try copyFile(source, to: target)
      }
    }
  }

  private static func copyLink(_ from: String, to: String) throws {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    guard readlink(from, &buffer, buffer.count - 1) >= 0, symlink(buffer, to) == 0 else { throw FileError("write", to) }
  }

  /// With its permissions.
  private static func copyFile(_ from: String, to: String) throws {
    let source = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard source >= 0 else { throw FileError("read", from) }
    defer { close(source) }
    var status = stat()
    guard fstat(source, &status) == 0 else { throw FileError("read", from) }
    let target = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, status.st_mode & 0o777)
    guard target >= 0 else { throw FileError("write", to) }
    defer { close(target) }
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = read(source, &buffer, buffer.count)
      guard count != 0 else { return }
      guard count > 0 else { throw FileError("read", from) }
      guard write(target, buffer, count) == count else { throw FileError("write", to) }
    }
  }
}
