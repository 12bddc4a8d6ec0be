internal import Glibc

/// Files as documents need them: read whole or in pieces, and replaced so that a reader, or a crash, meets the old
/// bytes or the new ones and nothing between.
package enum File {
  /// All bytes of a file.
  package static func read(_ path: String) throws(FileError) -> [UInt8] {
    var bytes: [UInt8] = []
    try forEachPiece(of: path) { bytes.append(contentsOf: $0) }
    return bytes
  }

  /// Hands the bytes of a file to `body`, at most 256 KiB at a time.
  package static func forEachPiece(of path: String, _ body: (UnsafeRawBufferPointer) -> Void) throws(FileError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError("read", path) }
    defer { close(descriptor) }
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { piece.deallocate() }
    while true {
      let count = Glibc.read(descriptor, piece.baseAddress, piece.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw FileError("read", path) }
      if count == 0 { return }
      body(UnsafeRawBufferPointer(rebasing: piece[..<count]))
    }
  }

  /// Hands each line of a file to `body`, without its line feed; the last one need not have one.
  package static func forEachLine(of path: String, _ body: (ArraySlice<UInt8>) throws -> Void) throws {
    var rest: [UInt8] = []
    var failure: (any Error)?
    try forEachPiece(of: path) { piece in
      guard failure == nil else { return }
      rest.append(contentsOf: piece)
      var start = rest.startIndex
      do {
        while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
          try body(rest[start..<end])
          start = end + 1
        }
      } catch { failure = error }
      rest.removeSubrange(..<start)
    }
    if let failure { throw failure }
    if !rest.isEmpty { try body(rest[...]) }
  }

  /// The last line of a file that is not blank, and holds a text, cut to 200 characters; empty when there is none.
  ///
  /// Reads no more than the file's last 4 KiB.
  package static func lastLine(of path: String, with text: String = "") -> String {
    guard isRegular(path) else { return "" }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return "" }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let size = Int(lseek(descriptor, 0, SEEK_END))
    let count = pread(descriptor, &bytes, bytes.count, off_t(max(0, size - bytes.count)))
    let lines = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split { $0.isNewline }
    return lines.last { !$0.allSatisfy(\.isWhitespace) && (text.isEmpty || $0.contains(text)) }.map {
      String($0.prefix(200))
    } ?? ""
  }

  /// The digest of a file's bytes and how many they are.
  package static func digest(of path: String) throws(FileError) -> (digest: Digest, size: Int) {
    var builder = DigestBuilder(of: "file")
    var size = 0
    try forEachPiece(of: path) { piece in
      builder.update(piece)
      size += piece.count
    }
    return (builder.finish(), size)
  }

  /// Replaces a file durably: a temporary one beside it, fsync, rename, fsync of the folder. Who may read and write it
  /// stays as it was.
  package static func replace(_ path: String, with bytes: [UInt8]) throws(FileError) {
    try replace(path) { write throws(FileError) in try write(bytes) }
  }

  /// Replaces a file durably by what `body` hands to the function it is given.
  package static func replace(
    _ path: String, body: ((borrowing [UInt8]) throws(FileError) -> Void) throws(FileError) -> Void
  ) throws(FileError) {
    let temporary = "\(path).\(getpid()).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FileError("write", path) }
    do throws(FileError) {
      defer { close(descriptor) }
      var status = stat()
      if stat(path, &status) == 0 { fchmod(descriptor, status.st_mode & 0o777) }
      try body { bytes throws(FileError) in try write(bytes, to: descriptor, path: path) }
      guard fsync(descriptor) == 0 else { throw FileError("write", path) }
    } catch {
      unlink(temporary)
      throw error
    }
    guard rename(temporary, path) == 0 else {
      let error = FileError("write", path)
      unlink(temporary)
      throw error
    }
    try synchronizeFolder(of: path)
  }

  /// Replaces a file durably by what another one holds, piece by piece.
  package static func copy(_ source: String, to path: String) throws(FileError) {
    try replace(path) { write throws(FileError) in
      var failure: FileError?
      try forEachPiece(of: source) { piece in
        do throws(FileError) { try write(Array(piece)) } catch { failure = failure ?? error }
      }
      if let failure { throw failure }
    }
  }

  private static func write(
    _ bytes: borrowing [UInt8], to descriptor: Int32, path: String
  ) throws(FileError) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { all in
        let rest = UnsafeRawBufferPointer(rebasing: all[done...])
        return Glibc.write(descriptor, rest.baseAddress, rest.count)
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw FileError("write", path) }
      done += count
    }
  }

  /// Makes the creation, renaming or removal of a file in its folder durable.
  package static func synchronizeFolder(of path: String) throws(FileError) {
    let folder = Path.folder(of: path)
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError("open", folder) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw FileError("write", folder) }
  }

  /// Makes a folder and those above it that are missing.
  ///
  /// - Returns: whether it was not there before.
  @discardableResult
  package static func makeFolders(_ path: String) throws(FileError) -> Bool {
    if mkdir(path, 0o777) == 0 { return true }
    if errno == EEXIST { return false }
    guard errno == ENOENT, path != Path.folder(of: path) else { throw FileError("make", path) }
    try makeFolders(Path.folder(of: path))
    guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw FileError("make", path) }
    return true
  }

  package enum Kind: Hashable, Sendable {
    case file
    case folder
    case other
  }

  /// What stands at a path, links followed; nil when nothing does.
  package static func kind(of path: String) -> Kind? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return switch status.st_mode & S_IFMT {
    case S_IFREG: .file
    case S_IFDIR: .folder
    default: .other
    }
  }

  /// Whether a file is where this process writes its output or its errors.
  package static func isOutput(_ path: String) -> Bool {
    var (status, own) = (stat(), stat())
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
    return [STDOUT_FILENO, STDERR_FILENO].contains { descriptor in
      fstat(descriptor, &own) == 0 && own.st_dev == status.st_dev && own.st_ino == status.st_ino
    }
  }

  /// Whether a file that is not empty stands at a path, links followed.
  package static func hasContent(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && status.st_size > 0
  }

  /// When a file was written last: seconds since 1970, UTC. Nil when there is none.
  package static func modificationTime(of path: String) -> Double? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9
  }

  /// Whether a regular file stands at a path, and no link to one.
  package static func isRegular(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// Whether a symbolic link stands at a path.
  package static func isLink(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  /// Whether there is anything in a folder.
  package static func hasEntries(_ folder: String) -> Bool {
    guard let stream = opendir(folder) else { return false }
    defer { closedir(stream) }
    // Two of them are `.` and `..`.
    return (0..<3).allSatisfy { _ in readdir(stream) != nil }
  }

  /// The names in a folder, sorted by their bytes, without `.` and `..`.
  package static func names(in folder: String) throws(FileError) -> [String] {
    guard let stream = opendir(folder) else { throw FileError("read", folder) }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}

/// An operation on a file that the system refused.
package struct FileError: Error, Hashable, CustomStringConvertible {
  package var operation: String
  package var path: String
  package var code: Int32

  /// With the calling thread's `errno`.
  package init(_ operation: String, _ path: String, code: Int32 = errno) {
    self.operation = operation
    self.path = path
    self.code = code
  }

  package var description: String { "cannot \(operation) \(path): \(reason)" }

  /// The system's words for the error.
  package var reason: String { String(cString: strerror(code)) }
}

/// Paths as text.
package enum Path {
  /// The folder that a path's last component lies in.
  package static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  package static func name(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
  }

  /// `name` seen from `folder`; an absolute `name` is itself.
  package static func join(_ folder: String, _ name: String) -> String {
    if name.hasPrefix("/") || folder == "." || folder.isEmpty { return name }
    return folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }

  /// The absolute path without links and dots; nil when nothing stands there.
  package static func resolved(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// `path` relative to `folder` when it lies in it, both resolved; else `path`.
  package static func relative(_ path: String, to folder: String) -> String {
    let prefix = folder.hasSuffix("/") ? folder : folder + "/"
    return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
  }
}
