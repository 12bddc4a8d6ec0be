internal import Artifacts
internal import Glibc

/// The control groups of this machine in which trials are limited: version 1, version 2, or some of each, as far as this
/// process may make groups below its own.
struct ControlGroups {
  /// A place where groups can be made for a controller.
  private struct Place {
    /// The folder of this process' own group.
    var folder: String
    var isUnified: Bool
  }

  private let memory: Place?
  private let cpu: Place?

  /// - Parameter limits: only what these need is looked for.
  init(for limits: ResourceLimits) {
    let hierarchies = limits.memory == nil && limits.cpus == nil ? [] : Self.hierarchies()
    memory = limits.memory == nil ? nil : Self.place(for: "memory", in: hierarchies)
    cpu = limits.cpus == nil ? nil : Self.place(for: "cpu", in: hierarchies)
  }

  var limitsMemory: Bool { memory != nil }
  var limitsCPUs: Bool { cpu != nil }

  /// Makes the groups of a trial.
  ///
  /// - Throws: `FileError`.
  func make(_ name: String, _ limits: ResourceLimits) throws(FileError) -> ControlGroup {
    var group = ControlGroup()
    if let memory, let limit = limits.memory {
      let folder = try group.add(name, in: memory.folder)
      group.memoryFolder = folder
      if memory.isUnified {
        try Self.write("\(limit)", to: folder, "memory.max")
        // Or it would be slow in place of ending.
        try? Self.write("0", to: folder, "memory.swap.max")
        try? Self.write("1", to: folder, "memory.oom.group")
      } else {
        try Self.write("\(limit)", to: folder, "memory.limit_in_bytes")
        try? Self.write("\(limit)", to: folder, "memory.memsw.limit_in_bytes")
      }
    }
    if let cpu, let cpus = limits.cpus {
      let folder = cpu.folder == memory?.folder ? group.folders[0] : try group.add(name, in: cpu.folder)
      let period = 100_000
      let quota = max(1000, Int((cpus * Double(period)).rounded()))
      if cpu.isUnified {
        try Self.write("\(quota) \(period)", to: folder, "cpu.max")
      } else {
        try Self.write("\(period)", to: folder, "cpu.cfs_period_us")
        try Self.write("\(quota)", to: folder, "cpu.cfs_quota_us")
      }
    }
    return group
  }

  /// The name of a trial's groups.
  ///
  /// - Parameters:
  ///   - token: that of the run.
  ///   - intent: nothing for how the names of all the run's begin.
  static func name(ofRun token: String, _ intent: Int?) -> String { "attune-\(token)-\(intent.map(String.init) ?? "")" }

  /// Ends what is in the groups of a run that is over, and removes them.
  static func end(ofRun token: String) {
    let prefix = name(ofRun: token, nil)
    for folder in hierarchies().map(\.folder) {
      for name in (try? File.names(in: folder)) ?? [] where name.hasPrefix(prefix) {
        let group = ControlGroup(folders: [Path.join(folder, name)])
        group.kill()
        group.remove()
      }
    }
  }

  // MARK: - Finding them

  fileprivate struct Hierarchy {
    var folder: String
    /// Those of version 1; of version 2, all that the folder's children can have.
    var controllers: [String]
    var isUnified: Bool
  }

  /// Where this process' own groups lie, from `/proc/self/cgroup` and where these are mounted.
  fileprivate static func hierarchies() -> [Hierarchy] {
    let mounts = lines(of: "/proc/self/mountinfo").map { $0.split(separator: " ").map(String.init) }
    return lines(of: "/proc/self/cgroup").compactMap { line in
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 3 else { return nil }
      let names = parts[1].split(separator: ",").map(String.init)
      let isUnified = names.isEmpty
      for mount in mounts {
        guard mount.count > 4, let dash = mount.firstIndex(of: "-"), dash + 3 < mount.count,
          mount[dash + 1] == (isUnified ? "cgroup2" : "cgroup"),
          isUnified || Set(names).isSubset(of: mount[dash + 3].split(separator: ",").map(String.init))
        else { continue }
        // What is mounted may be a part of the hierarchy.
        guard let below = Self.path(parts[2], below: mount[3]) else { continue }
        let folder = below.isEmpty ? mount[4] : Path.join(mount[4], below)
        let controllers =
          isUnified
          ? lines(of: Path.join(folder, "cgroup.subtree_control")).flatMap { $0.split(separator: " ").map(String.init) }
          : names
        return Hierarchy(folder: folder, controllers: controllers, isUnified: isUnified)
      }
      return nil
    }
  }

  private static func path(_ path: String, below root: String) -> String? {
    if root == "/" { return String(path.drop { $0 == "/" }) }
    guard path == root || path.hasPrefix(root + "/") else { return nil }
    return String(path.dropFirst(root.utf8.count).drop { $0 == "/" })
  }

  /// Where groups can be made: that is tried.
  private static func place(for controller: String, in hierarchies: [Hierarchy]) -> Place? {
    guard let hierarchy = hierarchies.first(where: { $0.controllers.contains(controller) }) else { return nil }
    let trial = Path.join(hierarchy.folder, "attune-\(getpid())")
    guard mkdir(trial, 0o755) == 0 else { return nil }
    defer { rmdir(trial) }
    let files = ["memory": ["memory.max", "memory.limit_in_bytes"], "cpu": ["cpu.max", "cpu.cfs_quota_us"]]
    let hasFile = files[controller, default: []].contains { access(Path.join(trial, $0), W_OK) == 0 }
    return hasFile ? Place(folder: hierarchy.folder, isUnified: hierarchy.isUnified) : nil
  }

  private static func lines(of path: String) -> [String] {
    let bytes = (try? File.read(path)) ?? []
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  fileprivate static func write(_ text: String, to folder: String, _ name: String) throws(FileError) {
    let path = Path.join(folder, name)
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError("write", path) }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else { throw FileError("write", path) }
  }
}

/// A group that this process is in while its trials run, and so is all that they start, whatever it does to hide: it
/// cannot leave. The guardian, which is not in it, ends what is left there when this process was killed.
struct RunGroup: ~Copyable {
  /// Nil where no group can be made.
  private let folders: (own: String, before: String)?

  /// Where limits are kept a trial has groups of its own beside this one, so it is best in a hierarchy without them.
  init(token: String) {
    let order = ["pids", "freezer"]
    func rank(_ hierarchy: ControlGroups.Hierarchy) -> Int {
      hierarchy.isUnified ? order.count : order.firstIndex { hierarchy.controllers.contains($0) } ?? Int.max
    }
    let usable = ControlGroups.hierarchies().filter { rank($0) < Int.max }.sorted { rank($0) < rank($1) }
    for hierarchy in usable {
      let own = Path.join(hierarchy.folder, ControlGroups.name(ofRun: token, nil) + "run")
      guard mkdir(own, 0o755) == 0 else { continue }
      if (try? ControlGroups.write("0", to: own, "cgroup.procs")) != nil {
        folders = (own, hierarchy.folder)
        return
      }
      rmdir(own)
    }
    folders = nil
  }

  /// Removes the group: to be called when all that was in it is gone.
  deinit {
    guard let folders else { return }
    try? ControlGroups.write("0", to: folders.before, "cgroup.procs")
    ControlGroup(folders: [folders.own]).kill()
    for _ in 0..<50 where rmdir(folders.own) != 0 && errno == EBUSY { usleep(2000) }
  }
}

/// The groups that one trial's processes are in.
struct ControlGroup {
  fileprivate(set) var folders: [String]
  fileprivate var memoryFolder: String?

  fileprivate init(folders: [String] = []) { self.folders = folders }

  /// What a process that joins them writes to.
  var entrances: [String] { folders.map { Path.join($0, "cgroup.procs") } }

  fileprivate mutating func add(_ name: String, in folder: String) throws(FileError) -> String {
    let path = Path.join(folder, name)
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
      let error = FileError("make", path)
      remove()
      throw error
    }
    folders.append(path)
    return path
  }

  /// Whether a process was killed because all of them together needed more memory than they may have.
  var hasRunOutOfMemory: Bool {
    guard let memoryFolder else { return false }
    return ["memory.events", "memory.oom_control"].contains { name in
      let text = String(decoding: (try? File.read(Path.join(memoryFolder, name))) ?? [], as: UTF8.self)
      return text.split(separator: "\n").contains { $0.hasPrefix("oom_kill ") && $0 != "oom_kill 0" }
    }
  }

  /// Kills what is in them still: nothing can leave them unseen.
  func kill() {
    for folder in folders {
      for _ in 0..<10 {
        let text = String(decoding: (try? File.read(Path.join(folder, "cgroup.procs"))) ?? [], as: UTF8.self)
        let processes = text.split(separator: "\n").compactMap { pid_t($0) }
        guard !processes.isEmpty else { break }
        for process in processes { Glibc.kill(process, SIGKILL) }
        usleep(500)
      }
    }
  }

  /// Removes them.
  ///
  /// - Returns: whether they are gone: a group is there until the last of its processes is reaped.
  @discardableResult
  func remove() -> Bool { folders.allSatisfy { rmdir($0) == 0 || errno == ENOENT } }
}
