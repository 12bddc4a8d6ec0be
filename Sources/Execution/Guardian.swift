internal import Artifacts
internal import Glibc

/// A process that outlives this one by a moment: when this one is gone, however it went, the guardian ends all that
/// the trials have started.
struct Guardian: ~Copyable {
  private let pipe: Int32
  private let pid: pid_t

  /// - Parameter command: runs `Guardian.watch` with the token as its argument.
  init(command: [String], token: String) throws {
    var ends: [Int32] = [0, 0]
    guard Glibc.pipe(&ends) == 0 else { throw FileError("make", "a pipe") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[0]) }
    do {
      let launch = try Launch(
        Launch.Request(
          arguments: command + [token], environment: ProcessEnvironment.entries, directory: "/", output: "/dev/null",
          error: "/dev/null", input: ends[0]), isAwaited: true)
      pid = launch.pid
    } catch {
      close(ends[1])
      throw error
    }
    pipe = ends[1]
  }

  /// Lets the guardian do its work and waits for it; then ends what else has been left to this process.
  consuming func dismiss() {
    let pid = pid
    var orderly: UInt8 = 1
    _ = write(pipe, &orderly, 1)
    close(pipe)
    discard self
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    // Whatever is a child still was adopted from a trial: it has cleared its environment.
    for _ in 0..<10 {
      let strays = Survivors.children()
      guard !strays.isEmpty else { return }
      for stray in strays {
        kill(stray, SIGKILL)
        waitpid(stray, &status, 0)
      }
    }
  }

  deinit { close(pipe) }
}

/// What the guardian's process does: waits for the end of standard input, which comes with the end of the process that
/// started it, and then ends every process whose token begins with `token`. A byte before says that the end was orderly:
/// the trials are over, and one look is enough.
package func guardTrials(withToken token: String) {
  signal(SIGINT, SIG_IGN)
  signal(SIGHUP, SIG_IGN)
  signal(SIGTERM, SIG_IGN)
  var byte: UInt8 = 0
  var isOrderly = false
  while true {
    let count = read(0, &byte, 1)
    if count == 0 || (count < 0 && errno != EINTR) { break }
    if count == 1 { isOrderly = true }
  }
  Survivors.end(tokensWith: token, isCertain: !isOrderly)
  // Who has cleared its environment has not left its group.
  if !isOrderly { ControlGroups.end(ofRun: String(token.dropLast())) }
}
