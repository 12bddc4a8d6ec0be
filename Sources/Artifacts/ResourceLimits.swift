/// What a trial may use of the machine. No part of its name: a trial that stays within its limits gives what it would give
/// without them.
package struct ResourceLimits: Hashable, Sendable {
  /// In bytes.
  package var memory: Int?
  /// How many processors' time it may use at once; 0.5 is half of one's.
  package var cpus: Double?
  /// How many files a process may have open.
  package var openFiles: Int?
  /// How much of a processor's time a process may use, in milliseconds.
  package var cpuTime: Int?

  package init(memory: Int? = nil, cpus: Double? = nil, openFiles: Int? = nil, cpuTime: Int? = nil) {
    self.memory = memory
    self.cpus = cpus
    self.openFiles = openFiles
    self.cpuTime = cpuTime
  }

  package static let none = ResourceLimits()

  /// With less a process does not even start.
  package static let leastMemory = 1 << 20
  package static let mostCPUs = 4096.0
  package static let leastOpenFiles = 8
  package static let mostOpenFiles = 1 << 20

  /// Nil where nothing is limited.
  var json: JSON? {
    guard self != .none else { return nil }
    return .object([
      "cpuMilliseconds": cpuTime.map(JSON.int), "cpus": cpus.map(JSON.number), "memoryBytes": memory.map(JSON.int),
      "openFiles": openFiles.map(JSON.int),
    ])
  }

  init(json: JSON?) throws(DocumentError) {
    memory = json?["memoryBytes"]?.int
    cpus = json?["cpus"]?.number
    openFiles = json?["openFiles"]?.int
    cpuTime = json?["cpuMilliseconds"]?.int
    guard memory.map({ $0 >= Self.leastMemory }) ?? true, cpus.map({ $0 > 0 && $0 <= Self.mostCPUs }) ?? true,
      openFiles.map({ Self.leastOpenFiles...Self.mostOpenFiles ~= $0 }) ?? true, cpuTime.map({ $0 >= 1 }) ?? true
    else { throw DocumentError("`resources` is out of bounds") }
  }
}
