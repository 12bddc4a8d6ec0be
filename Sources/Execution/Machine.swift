internal import Artifacts
internal import Glibc

/// The machine.
enum Host {
  static var name: String {
    var buffer = [UInt8](repeating: 0, count: 256)
    let status = buffer.withUnsafeMutableBytes { bytes in
      bytes.withMemoryRebound(to: CChar.self) { $0.baseAddress.map { gethostname($0, 255) } ?? -1 }
    }
    return status == 0 ? String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self) : "unknown"
  }

  /// Whether `posix_spawnp` would find a program: by PATH, or from `folder` when the name has a slash.
  static func hasProgram(_ name: String, in folder: String) -> Bool {
    if name.contains("/") { return access(Path.join(folder, name), X_OK) == 0 }
    let paths = getenv("PATH").map { String(cString: $0) } ?? "/bin:/usr/bin"
    return paths.split(separator: ":").contains { access(Path.join(String($0), name), X_OK) == 0 }
  }
}

/// The clocks of the machine.
enum Now {
  /// Milliseconds that only go forward.
  static var monotonic: Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
  }

  /// Seconds since 1970, UTC.
  static var wall: Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec / 1_000_000) / 1000
  }
}
