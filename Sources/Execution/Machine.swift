package import Artifacts
internal import Glibc

/// What there is of this machine for trials, so that none is started without what it declares.
package struct Machine: Hashable, Sendable {
  /// As `CUDA_VISIBLE_DEVICES` names them: numbers, or how their identities begin.
  package var gpus: [String]
  /// How many processors this process may run on.
  package var cpus: Int
  /// Their numbers.
  package var processors: [Int]
  /// In bytes.
  package var memory: Int
  /// How much there is of what the user names.
  package var named: [String: Int]

  /// What is not given is looked for, as far as trials declare that they need it.
  ///
  /// - Parameters:
  ///   - gpus: nil for those that `CUDA_VISIBLE_DEVICES` names, or else all that `nvidia-smi` lists.
  package init(for resources: ResourceLimits, gpus: [String]? = nil, named: [String: Int] = [:]) {
    self.gpus = (resources.gpus ?? 0) > 0 ? gpus ?? Self.detectedGPUs : []
    self.named = named
    processors = Self.ownProcessors
    cpus = max(1, processors.count)
    memory = Self.wholeMemory
  }

  /// How many trials may run at once.
  ///
  /// - Returns: as many as are wanted, or fewer, and then what there is too little of, in words.
  /// - Throws: `ExecutionError.resourcesMissing` where there is not enough for a single one.
  func workers(atMost wanted: Int, each resources: ResourceLimits) throws -> (count: Int, scarce: String?) {
    var count = wanted
    var scarce: String?
    func limit(to most: Int, _ what: String) {
      if most < count { (count, scarce) = (most, what) }
    }
    if let gpus = resources.gpus, gpus > 0 {
      guard self.gpus.count >= gpus else {
        throw ExecutionError.resourcesMissing("\(gpus) GPU\(gpus == 1 ? "" : "s")", there: self.gpus.count)
      }
      limit(to: self.gpus.count / gpus, "there \(self.gpus.count == 1 ? "is 1 GPU" : "are \(self.gpus.count) GPUs")")
    }
    for (name, needed) in resources.named.sorted(by: { $0.key < $1.key }) {
      let there = named[name] ?? 0
      guard there >= needed else { throw ExecutionError.resourcesMissing("\(needed) of \(name)", there: there) }
      limit(to: there / needed, "there \(there == 1 ? "is" : "are") \(there) of \(name)")
    }
    if resources.pinnedCPUs > processors.count {
      throw ExecutionError.resourcesMissing(
        "\(resources.pinnedCPUs) processors of its own", there: processors.count)
    }
    // One that may use more than there is runs alone: it is a limit, and not all of it need be used.
    if let cpus = resources.cpus {
      let words = self.cpus == 1 ? "there is 1 processor" : "there are \(self.cpus) processors"
      limit(to: max(1, Int(Double(self.cpus) / cpus + 1e-9)), words)
    }
    if let memory = resources.memory { limit(to: max(1, self.memory / memory), "there is no more memory") }
    return (count, scarce)
  }

  // MARK: - Finding out

  private static var detectedGPUs: [String] {
    if let visible = ProcessEnvironment.value(of: "CUDA_VISIBLE_DEVICES") {
      let names = visible.split(separator: ",").map { String($0.filter { $0 != " " }) }
      // What stands behind a number below 0 is not seen.
      var seen = Set<String>()
      return names.prefix { !$0.hasPrefix("-") }.filter { seen.insert($0).inserted }
    }
    // Where a driver hangs, it never answers.
    let command = "timeout -k 1 30 nvidia-smi --query-gpu=index --format=csv,noheader 2>/dev/null"
    guard let pipe = popen(command, "re") else { return [] }
    defer { pclose(pipe) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = fread(&bytes, 1, bytes.count, pipe)
    return String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n")
      .map { $0.filter { $0 != " " } }.filter { Int($0) != nil }
  }

  /// From a list such as `0-3,8`.
  private static var ownProcessors: [Int] {
    let status = String(decoding: (try? File.read("/proc/self/status")) ?? [], as: UTF8.self)
    let label = "Cpus_allowed_list:"
    guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix(label) }) else { return [] }
    let ranges = line.dropFirst(label.utf8.count).filter { !$0.isWhitespace }.split(separator: ",")
    return ranges.flatMap { range -> [Int] in
      let ends = range.split(separator: "-").compactMap { Int($0) }
      guard let first = ends.first, let last = ends.last, first <= last else { return [] }
      return Array(first...last)
    }
  }

  private static var wholeMemory: Int {
    let text = String(decoding: (try? File.read("/proc/meminfo")) ?? [], as: UTF8.self)
    let line = text.split(separator: "\n").first { $0.hasPrefix("MemTotal:") }
    return line?.split(separator: " ").compactMap { Int($0) }.first.map { $0 << 10 } ?? .max
  }
}
