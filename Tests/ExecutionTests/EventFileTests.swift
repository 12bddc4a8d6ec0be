import Artifacts
import Foundation
import Search
import TestSupport
import Testing

@testable import Execution

@Suite("TensorBoard's event files")
struct EventFileTests {
  /// What tensorboardX 2.6.5 writes: loss 1/1, 1/2, 1/3, eval/acc 0.5, 0.625, 0.75, a text, a histogram, and `bad`, which
  /// is not a number.
  private static let simple = """
    GAAAAAAAAACjf0siCTlH19o9wdpBGg1icmFpbi5FdmVudDoyHMRPhBgAAAAAAAAAo39LIgnVVNfaPcHaQSoNCgsKBGxvc3MVAACAP9VTOuscAAAA\
    AAAAAMjBlR0JbVrX2j3B2kEqEQoPCghldmFsL2FjYxUAAAA/R+EIXBoAAAAAAAAAEpvYLQnpWtfaPcHaQRABKg0KCwoEbG9zcxUAAAA/CZ5c9R4A\
    AAAAAAAA2dwSMglGW9faPcHaQRABKhEKDwoIZXZhbC9hY2MVAAAgPzLvdR0aAAAAAAAAABKb2C0JmlvX2j3B2kEQAioNCgsKBGxvc3MVq6qqPu+P\
    o/MeAAAAAAAAANncEjIJ8FvX2j3B2kEQAioRCg8KCGV2YWwvYWNjFQAAQD/6w6JcOAAAAAAAAACjeX1XCc9c19o9wdpBKi0KKwoRbm90ZS90ZXh0\
    X3N1bW1hcnlCDAgHEgQSAggBQgJoaUoICgYKBHRleHQ/aVIiYwAAAAAAAACxaxPZCaFi19o9wdpBKlgKVgoBaCpRCQAAAAAAAPA/EQAAAAAAAPA/\
    GQAAAAAAAPA/IQAAAAAAAPA/KQAAAAAAAPA/MhAAAAAAAAAAAAAAAAAAAABAOhAAAAAAAAAAAAAAAAAAAPA/o08GHxcAAAAAAAAA5874HgmvZdfa\
    PcHaQSoMCgoKA2JhZBUAAMB/JwqUrA==
    """

  /// What the writer of tensorboard 2.21 makes of tensors, as `tf.summary` has them: scalars of each type in the fields of
  /// their own and as raw content, a vector of one number and one of two.
  private static let tensors = """
    SAAAAAAAAAD+kkidCYLy29o9wdpBGg1icmFpbi5FdmVudDoyUi4KLHRlbnNvcmJvYXJkLnN1bW1hcnkud3JpdGVyLmV2ZW50X2ZpbGVfd3JpdGVy\
    7pa8oSQAAAAAAAAAQiuATRABKiAKHgoDZjMyQgoIARIAKgQAAIA+SgsKCQoHc2NhbGFycwjdymMoAAAAAAAAAP9wFkoQASokCiIKA2Y2NEIOCAIS\
    ADIImpmZmZmZuT9KCwoJCgdzY2FsYXJz/Q+0uSoAAAAAAAAAro2R9RABKiYKJAoDaTMyQhAIAxIAOgr5//////////8BSgsKCQoHc2NhbGFyc47c\
    X3sqAAAAAAAAAK6NkfUQASomCiQKA2k2NEIQCAkSAFIK+P//////////AUoLCgkKB3NjYWxhcnM82y7sIgAAAAAAAAB4ET39EAEqHgocCgNmMTZC\
    CAgTEgBqAoB8SgsKCQoHc2NhbGFyc57jmPwnAAAAAAAAALvhsUYQASojCiEKAnYxQg4IARIEEgIIASoEAAAgQEoLCgkKB3NjYWxhcnOxqhV7LwAA\
    AAAAAABtXR1QEAEqKwopCgZ2ZWN0b3JCEggBEgQSAggCIggAAIA/AAAAQEoLCgkKB3NjYWxhcnPz2U0NJAAAAAAAAABCK4BNEAEqIAoeCgNjMzJC\
    CggBEgAiBAAAQD9KCwoJCgdzY2FsYXJzx8BMhSgAAAAAAAAA/3AWShABKiQKIgoDYzY0Qg4IAhIAIggzMzMzMzPTP0oLCgkKB3NjYWxhcnMeyCvA\
    KQAAAAAAAAA3/18AEAEqJQojCgRjaTY0Qg4ICRIAIgj3/////////0oLCgkKB3NjYWxhcnOWdVRWIwAAAAAAAACwn3dDEAEqHwodCgRiZjE2QggI\
    DhIAagLAf0oLCgkKB3NjYWxhcnNFPB56JAAAAAAAAABCK4BNEAEqIAoeCgNpbmZCCggBEgAqBAAAgH9KCwoJCgdzY2FsYXJzhop/HA==
    """

  private static func bytes(_ text: String) -> [UInt8] { Data(base64Encoded: text).map { Array($0) } ?? [] }

  private func read(_ files: KeyValuePairs<String, [UInt8]>, _ source: MetricSource = MetricSource(.tensorboard)) throws
    -> [String: Double]
  {
    let folder = try TemporaryFolder()
    for (name, bytes) in files {
      try folder.write("", to: name)
      try File.replace(Path.join(folder.path, name), with: bytes)
    }
    let metrics = MetricReader(source, wanted: ["loss"]).read(in: TrialFolder(folder.path)).metrics
    return Dictionary(uniqueKeysWithValues: metrics.values.map { ($0.name, $0.value) })
  }

  @Test("give the last value of each tag")
  func scalars() throws {
    let found = try read(["events.out.tfevents.1.host": Self.bytes(Self.simple)])
    #expect(found["loss"] == Double(Float(1) / 3) && found["eval/acc"] == 0.75)
    #expect(found["bad"]?.isNaN == true && found.count == 3)
  }

  @Test("give the values on the way, and beside them those of other tags at the same steps")
  func curves() throws {
    let folder = try TemporaryFolder()
    let path = "events.out.tfevents.1.host"
    try folder.write("", to: path)
    try File.replace(Path.join(folder.path, path), with: Self.bytes(Self.simple))
    let reader = MetricReader(MetricSource(.tensorboard), wanted: ["loss", "eval/acc"], watched: ["eval/acc"])
    let curve = reader.read(in: TrialFolder(folder.path)).curve
    #expect(curve.reports.map(\.step) == [0, 1, 2])
    #expect(curve.reports.map(\.others) == [0.5, 0.625, 0.75].map { ["eval/acc": ValueRange($0)] })
  }

  @Test("give tensors that are one number, of each type")
  func scalarTensors() throws {
    let expected: [String: Double] = [
      "f32": 0.25, "f64": 0.1, "i32": -7, "i64": -8, "f16": 1.5, "v1": 2.5, "c32": 0.75, "c64": 0.3, "ci64": -9,
      "bf16": 1.5, "inf": .infinity,
    ]
    #expect(try read(["runs/a/events.out.tfevents.1": Self.bytes(Self.tensors)]) == expected)
  }

  @Test("are found in folders below, and read in the order of their paths; other files are left alone")
  func folders() throws {
    let (simple, tensors) = (Self.bytes(Self.simple), Self.bytes(Self.tensors))
    let named = MetricSource(
      .tensorboard, path: "runs",
      names: [.init(metric: "acc", source: "eval/acc"), .init(metric: "loss", source: "f32")])
    let files: KeyValuePairs = [
      "runs/events.out.tfevents.2": simple, "runs/deep/events.out.tfevents.1": tensors, "runs/other": simple,
      "events.out.tfevents.9": simple,
    ]
    #expect(try read(files, named) == ["acc": 0.75, "loss": 0.25])
    // The same tag again, in a file that comes later.
    let first = Self.records(of: simple)[1]
    let later = try read(["events.out.tfevents.1": simple, "events.out.tfevents.2": Self.head(of: simple) + first])
    #expect(later["loss"] == 1 && later["eval/acc"] == 0.75)
    #expect(try read(["events.out.tfevents.1": []]).isEmpty)
  }

  /// The records of a file, whole.
  private static func records(of bytes: [UInt8]) -> [[UInt8]] {
    var records: [[UInt8]] = []
    var rest = bytes[...]
    while rest.count >= 16 {
      let length = 16 + Int(rest.first ?? 0) + Int(rest.dropFirst().first ?? 0) << 8
      records.append(Array(rest.prefix(length)))
      rest = rest.dropFirst(length)
    }
    return records
  }

  private static func head(of bytes: [UInt8]) -> [UInt8] { records(of: bytes)[0] }

  @Test("that are cut short anywhere give what is whole")
  func torn() throws {
    let bytes = Self.bytes(Self.simple)
    let whole = Self.records(of: bytes)
    #expect(whole.joined().count == bytes.count && whole.count > 8)
    var losses = Set<Double>()
    for count in 0..<bytes.count {
      let found = try read(["events.out.tfevents.1": Array(bytes.prefix(count))])
      if let loss = found["loss"] { losses.insert(loss) }
      #expect(found.isEmpty == (count < whole[0].count + whole[1].count), "\(count) bytes")
    }
    #expect(losses == [1, 0.5, Double(Float(1) / 3)])
  }

  @Test("in which a byte has changed give nothing, and do not keep others from being read")
  func damaged() throws {
    let bytes = Self.bytes(Self.tensors)
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 0x10
      let found = try read(["events.out.tfevents.1": changed, "events.out.tfevents.2": Self.bytes(Self.simple)])
      #expect(found["f32"] == nil && found["loss"] != nil, "byte \(index)")
    }
  }

  @Test("may hold records that are too large for a scalar: those are passed over")
  func large() throws {
    let simple = Self.bytes(Self.simple)
    // A record of 20 MiB; nobody looks at the checksum of what is passed over.
    let length: [UInt8] = [0, 0, 0x40, 0x01, 0, 0, 0, 0]
    let head = length + [0x53, 0x5F, 0x1E, 0xB0]
    let record = head + [UInt8](repeating: 7, count: 20 << 20) + [0, 0, 0, 0]
    let records = Self.records(of: simple)
    let found = try read(["events.out.tfevents.1": records[0] + record + records[1]])
    #expect(found == ["loss": 1])
  }
}
