internal import Artifacts
internal import Glibc

/// A folder of its own, which is removed with the value.
final class TemporaryFolder {
  /// Absolute.
  let path: String

  init() throws {
    let above = getenv("TMPDIR").map { String(cString: $0) } ?? ""
    var template = Array("\(above.isEmpty ? "/tmp" : above)/attune-git-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw FileError("make", "a temporary folder") }
    let made = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    path = Path.resolved(made) ?? made
  }

  deinit { Self.remove(path) }

  /// Writes a file, and gives its path.
  func write(_ bytes: [UInt8], to name: String) throws -> String {
    let file = Path.join(path, name)
    try File.replace(file, with: bytes)
    return file
  }

  /// Removes what stands at a path; links are not followed.
  static func remove(_ path: String) {
    if !File.isLink(path), File.kind(of: path) == .folder {
      for name in (try? File.names(in: path)) ?? [] { remove(Path.join(path, name)) }
      rmdir(path)
    } else {
      unlink(path)
    }
  }
}
