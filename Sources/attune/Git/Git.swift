internal import Artifacts
internal import Execution
internal import Glibc

/// Runs git(1), without a shell, and hands on what it prints.
struct Git {
  /// Where it is started.
  let folder: String
  /// Variables beside those of this process.
  var environment: [String: String] = [:]

  /// - Parameters:
  ///   - arguments: of git; what comes from a user stands behind `--end-of-options` or `--`.
  ///   - input: its standard input.
  /// - Returns: its standard output.
  /// - Throws: `GitError` when it does not end well, or is not there.
  @discardableResult
  func run(_ arguments: [String], input: [UInt8] = []) throws -> [UInt8] {
    let (code, output, errors) = try start(arguments, input: input)
    guard code == 0 else {
      throw GitError(arguments: arguments, code: code, message: String(decoding: errors, as: UTF8.self))
    }
    return output
  }

  /// What it prints, without the line feed at the end.
  func line(_ arguments: [String]) throws -> String {
    var text = String(decoding: try run(arguments), as: UTF8.self)
    if text.last == "\n" { text.removeLast() }
    return text
  }

  /// Whether it ends with 0, where 1 is an answer as well.
  func succeeds(_ arguments: [String]) throws -> Bool { try start(arguments, input: []).code == 0 }

  /// The parts of what it prints between NULs.
  func parts(_ arguments: [String]) throws -> [String] {
    try run(arguments).split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }

  // MARK: - The process

  /// Its input and its errors are files, which hold up nothing, and its output a pipe.
  private func start(
    _ arguments: [String], input: [UInt8]
  ) throws -> (code: Int32, output: [UInt8], errors: [UInt8]) {
    guard let given = tmpfile(), let errors = tmpfile() else { throw FileError("make", "a temporary file") }
    defer {
      fclose(given)
      fclose(errors)
    }
    fwrite(input, 1, input.count, given)
    rewind(given)
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw FileError("make", "a pipe") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let pid = spawn(arguments, fileno(given), ends[1], fileno(errors))
    close(ends[1])
    defer { close(ends[0]) }
    guard case .success(let process) = pid else {
      if case .failure(let error) = pid { throw error }
      return (-1, [], [])
    }
    let output = Self.read(ends[0])
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    let code = status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    rewind(errors)
    return (code, output, Self.read(fileno(errors)))
  }

  private func spawn(
    _ arguments: [String], _ input: Int32, _ output: Int32, _ errors: Int32
  ) -> Result<pid_t, FileError> {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (from, to) in [(input, 0 as Int32), (output, 1), (errors, 2)] {
      posix_spawn_file_actions_adddup2(&actions, from, to)
    }
    // No question and no colour, in words that do not depend on the machine; `git -C` would not obey a GIT_DIR.
    let fixed = ["LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "GIT_PAGER": "cat"]
    let own = fixed.merging(environment) { $1 }
    var variables = inherited.filter { variable in own[String(variable.prefix { $0 != "=" })] == nil }
    variables += own.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    let words = ["git", "-C", folder] + arguments
    var argv = words.map { strdup($0) } + [nil]
    var envp = variables.map { strdup($0) } + [nil]
    defer { for pointer in argv + envp { free(pointer) } }
    var pid: pid_t = 0
    let code = posix_spawnp(&pid, "git", &actions, nil, &argv, &envp)
    return code == 0 ? .success(pid) : .failure(FileError("start", "git", code: code))
  }

  /// The environment, without what says that git is at work in a repository: which one is meant is said by the folder. Of
  /// the current folder's, a hook may have the index that is being committed.
  private var inherited: [String] {
    let other = ["GIT_DIR", "GIT_WORK_TREE", "GIT_PREFIX", "GIT_EXTERNAL_DIFF"]
    let own = folder == "." ? other : other + ["GIT_INDEX_FILE"]
    return ProcessEnvironment.entries.filter { !own.contains(String($0.prefix { $0 != "=" })) }
  }

  private static func read(_ descriptor: Int32) -> [UInt8] {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return all }
      all.append(contentsOf: buffer[..<count])
    }
  }
}

/// git(1) did not do what it was asked for.
struct GitError: Error, CustomStringConvertible {
  var arguments: [String]
  var code: Int32
  var message: String

  var description: String {
    let line = message.split(separator: "\n").first.map { $0.trimmingPrefix("fatal: ") } ?? "it ended with \(code)"
    return "git \(arguments.first ?? ""): \(line)"
  }
}
