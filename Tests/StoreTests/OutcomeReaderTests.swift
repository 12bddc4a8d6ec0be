import Artifacts
import Foundation
import TestSupport
import Testing

@testable import Store

@Suite("Outcomes that are read ahead")
struct OutcomeReaderTests {
  /// A journal to which attempts at trials are added, each with its outcome.
  private final class Attempts {
    let store: RunStore
    private(set) var keys: [Digest] = []
    private let folder: String

    init() throws {
      folder = FileManager.default.temporaryDirectory.appendingPathComponent("attune-\(UUID().uuidString)").path
      try File.makeFolders(folder)
      store = try RunStore(folder: folder)
      try store.commit([
        .run(
          RunEvent(
            id: 1, plan: Digest(of: "plan", "p".utf8), document: "{}", folder: "/p", experiment: "e.yaml", token: "t",
            workers: 2, host: "h", pid: 1, at: 1))
      ])
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    static func key(_ trial: Int) -> Digest { Digest(of: "trial", "\(trial)".utf8) }

    /// An outcome out of five came of a limit of time, and so does not always count.
    func add(_ trials: [Int]) throws {
      var events: [JournalEvent] = []
      for trial in trials {
        let id = keys.count + 1
        let key = Self.key(trial)
        keys.append(key)
        var metrics = Metrics()
        metrics.set("loss", Double(id))
        let ending = id % 5 == 0 ? TrialFacts.Ending.timeout(limit: id % 2 == 0 ? 1000 : 3000) : .exit(code: 0)
        events.append(.intent(IntentEvent(id: id, run: 1, trial: trial, key: key, parameters: "{}", seed: 7, at: 2)))
        events.append(
          .outcome(
            OutcomeEvent(
              intent: id, key: key, facts: TrialFacts(ending: ending, metrics: metrics), seconds: 0.5, cpuSeconds: 0.25,
              peakMemory: 1024, elapsed: id)))
      }
      try store.commit(events)
    }
  }

  @Test("are those that the journal gives when it is asked for each", arguments: 0..<40 as Range<UInt64>)
  func same(_ seed: UInt64) throws {
    var random = TestRandom(seed: seed)
    func below(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }
    let attempts = try Attempts()
    // Attempts in the order of the trials, but for some that were tried again, early or late.
    var order: [Int] = []
    for trial in 0..<200 {
      order.append(trial)
      if seed % 2 == 0, below(10) == 0 { order.append(below(trial + 1)) }
    }
    for _ in 0..<Int(seed % 5) * 10 { order.swapAt(below(order.count), below(order.count)) }
    try attempts.add(order)

    let scope = JournalReader.Scope(
      TrialLimits(time: seed % 3 == 0 ? nil : 2000), firstIntent: seed % 4 == 0 ? 20 : 0)
    let reader = OutcomeReader(attempts.store.journal, scope)
    func expect(_ trial: Int) throws {
      let key = Attempts.key(trial)
      #expect(try reader.newest(of: key) == attempts.store.journal.outcome(of: key, in: scope))
    }
    // In their order, with some that were never tried; from where it pleases; and again once more is recorded.
    for trial in 0..<220 { try expect(trial) }
    for _ in 0..<60 { try expect(below(220)) }
    for round in 0..<30 {
      let trial = below(230)
      try attempts.add([trial])
      reader.note(Attempts.key(trial))
      for other in trial..<trial + 4 { try expect(other) }
      if round % 10 == 0 { for trial in 0..<230 { try expect(trial) } }
    }
  }
}
