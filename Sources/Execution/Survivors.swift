internal import Artifacts
internal import Glibc

/// Processes that outlive the trial that started them, found by the attempt's token in their environment: a trial may
/// fork, leave its session and forget its parents, but it keeps this variable unless it means to hide.
package enum Survivors {
  /// The variable that carries the token.
  static let variable = "ATTUNE_ATTEMPT"

  /// Ends every process whose token begins with `prefix`, and those that they start meanwhile.
  ///
  /// - Parameter isCertain: whether to look again for some time when none is found. One look may miss a process that has
  ///   just been forked, and one that is becoming another program, which has no environment for a moment.
  /// - Returns: how many were found.
  @discardableResult
  package static func end(tokensWith prefix: String, isCertain: Bool) -> Int {
    var found = Set<pid_t>()
    var pause: useconds_t = 1000
    for _ in 0..<100 {
      let processes = all().filter { token(of: $0)?.hasPrefix(prefix) ?? false }
      for process in processes { kill(process, SIGKILL) }
      found.formUnion(processes)
      if processes.isEmpty {
        guard isCertain, pause < 64_000 else { break }
        usleep(pause)
        pause *= 2
      } else {
        pause = 1000
        usleep(2000)
      }
    }
    return found.count
  }

  package static func count(tokensWith prefix: String) -> Int {
    all().count { token(of: $0)?.hasPrefix(prefix) ?? false }
  }

  /// The token of a process; nil when it has none, is gone, or belongs to someone else.
  static func token(of process: pid_t) -> String? {
    guard let bytes = try? File.read("/proc/\(process)/environ") else { return nil }
    let wanted = Array("\(variable)=".utf8)
    return bytes.split(separator: 0).first { $0.starts(with: wanted) }
      .map { String(decoding: $0.dropFirst(wanted.count), as: UTF8.self) }
  }

  /// The children of this process' main thread: those it started, and those it was given as their subreaper.
  static func children() -> [pid_t] {
    let own = getpid()
    let bytes = (try? File.read("/proc/self/task/\(own)/children")) ?? []
    return bytes.split(separator: UInt8(ascii: " ")).compactMap { pid_t(String(decoding: $0, as: UTF8.self)) }
  }

  private static func all() -> [pid_t] {
    let own = getpid()
    return ((try? File.names(in: "/proc")) ?? []).compactMap { pid_t($0) }.filter { $0 != own }
  }
}
