/// What a trial may use of the machine. No part of its name: a trial that stays within its limits gives what it would give
/// without them.
package struct ResourceLimits: Hashable, Sendable {
  /// In bytes.
  package var memory: Int?
  /// How many processors' time it may use at once; 0.5 is half of one's.
  package var cpus: Double?
  /// Whether it runs on processors of its own, as many as `cpus` says, which is a whole number then.
  package var pinsCPUs: Bool
  /// How many files a process may have open.
  package var openFiles: Int?
  /// How much of a processor's time a process may use, in milliseconds.
  package var cpuTime: Int?
  /// How much room the files in its folder may take up, in bytes.
  package var disk: Int?
  /// How many GPUs it has for itself.
  package var gpus: Int?
  /// How much it needs of what the user names: at least 1 of each.
  package var named: [String: Int]

  package init(
    memory: Int? = nil, cpus: Double? = nil, pinsCPUs: Bool = false, openFiles: Int? = nil, cpuTime: Int? = nil,
    disk: Int? = nil,
    gpus: Int? = nil, named: [String: Int] = [:]
  ) {
    self.gpus = gpus
    self.named = named
    self.memory = memory
    self.cpus = cpus
    self.pinsCPUs = pinsCPUs
    self.openFiles = openFiles
    self.cpuTime = cpuTime
    self.disk = disk
  }

  package static let none = ResourceLimits()

  /// With less a process does not even start.
  package static let leastMemory = 1 << 20
  /// What attune itself writes for a trial is less.
  package static let leastDisk = 1 << 20
  package static let mostCPUs = 4096.0
  package static let leastOpenFiles = 8
  package static let mostGPUs = 1024
  package static let mostNamed = 1_000_000
  package static let mostOpenFiles = 1 << 20

  /// Nil where nothing is limited.
  var json: JSON? {
    guard self != .none else { return nil }
    let names = named.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return .object([
      "cpuMilliseconds": cpuTime.map(JSON.int), "cpus": cpus.map(JSON.number), "diskBytes": disk.map(JSON.int),
      "gpus": gpus.map(JSON.int), "memoryBytes": memory.map(JSON.int),
      "named": named.isEmpty ? nil : .object(names.map { JSON.Member($0, .int(named[$0] ?? 0)) }),
      "openFiles": openFiles.map(JSON.int), "pinned": pinsCPUs ? .bool(true) : nil,
    ])
  }

  init(json: JSON?) throws(DocumentError) {
    memory = json?["memoryBytes"]?.int
    cpus = json?["cpus"]?.number
    pinsCPUs = json?["pinned"] == .bool(true)
    openFiles = json?["openFiles"]?.int
    cpuTime = json?["cpuMilliseconds"]?.int
    disk = json?["diskBytes"]?.int
    gpus = json?["gpus"]?.int
    named = [:]
    for member in json?["named"]?.members ?? [] { named[member.name] = member.value.int ?? 0 }
    guard memory.map({ $0 >= Self.leastMemory }) ?? true, disk.map({ $0 >= Self.leastDisk }) ?? true,
      cpus.map({ $0 > 0 && $0 <= Self.mostCPUs }) ?? true,
      openFiles.map({ Self.leastOpenFiles...Self.mostOpenFiles ~= $0 }) ?? true, cpuTime.map({ $0 >= 1 }) ?? true,
      gpus.map({ 0...Self.mostGPUs ~= $0 }) ?? true, named.values.allSatisfy({ 1...Self.mostNamed ~= $0 })
    else { throw DocumentError("`resources` is out of bounds") }
    guard !pinsCPUs || pinnedCPUs > 0 else { throw DocumentError("no part of a processor can be pinned") }
  }

  /// On how many processors of its own a trial runs; 0 where it has none, or a part of one.
  package var pinnedCPUs: Int { pinsCPUs ? cpus.flatMap { Int(exactly: $0) } ?? 0 : 0 }
}

/// What ends a trial before its time: nil where nothing does. An outcome that one of them brought about is no outcome where
/// there is more of it.
package struct TrialLimits: Hashable, Sendable {
  /// How long a trial may take, in milliseconds.
  package var time: Int?
  /// How long it may print nothing, in milliseconds.
  package var silence: Int?
  /// In bytes.
  package var memory: Int?
  /// In bytes.
  package var disk: Int?

  package init(time: Int? = nil, silence: Int? = nil, memory: Int? = nil, disk: Int? = nil) {
    self.time = time
    self.silence = silence
    self.memory = memory
    self.disk = disk
  }

  package init(_ trial: TrialTemplate) {
    self.init(
      time: trial.timeout, silence: trial.silence, memory: trial.resources.memory, disk: trial.resources.disk)
  }

  /// The same after so many failures of each class, as far as policies let limits grow.
  ///
  /// - Parameter machine: how much memory there is, in bytes: no limit grows beyond.
  package func grown(
    by policies: FailurePolicies, within machine: Int = .max, afterFailures failures: (FailureClass) -> Int
  ) -> TrialLimits {
    func grown(_ limit: Int?, _ kind: FailureClass, most: Int) -> Int? {
      policies[kind].grown(limit, afterFailures: failures(kind), most: most)
    }
    // Some 35 years, and a pebibyte.
    return TrialLimits(
      time: grown(time, .timeout, most: 1 << 40), silence: grown(silence, .silence, most: 1 << 40),
      memory: grown(memory, .memory, most: min(machine, 1 << 50)), disk: grown(disk, .disk, most: 1 << 50))
  }

  /// Whether a trial that ended so would have done so within these limits as well.
  package func admit(_ ending: TrialFacts.Ending) -> Bool {
    func holds(_ limit: Int?, for recorded: Int) -> Bool { limit.map { $0 <= recorded } ?? false }
    return switch ending {
    case .timeout(let recorded): holds(time, for: recorded)
    case .silence(let recorded): holds(silence, for: recorded)
    case .memory(let recorded): holds(memory, for: recorded)
    case .disk(let recorded): holds(disk, for: recorded)
    // Whether it says enough, only those know who judge it.
    case .exit, .signal, .stopped: true
    }
  }
}
