internal import Artifacts
internal import Search

/// Reads the scalars of TensorBoard's event files, which are TFRecords of protocol buffers.
///
/// The forms are those of TensorFlow's `record_writer.h`, `event.proto`, `summary.proto` and `tensor.proto`.
enum EventFiles {
  private static let deepest = 16

  /// The last value of each tag, over the files in the order of their paths. Of a file that is damaged nothing counts:
  /// what would be its last value is not.
  static func read(_ folder: String, into sink: inout MetricSink) {
    var reports: [(name: String, step: Int, value: Double)] = []
    for path in paths(below: folder) {
      var stream = EventStream(isReported: sink.isReported)
      guard (try? File.forEachPiece(of: path, { stream.take($0) })) != nil, !stream.isDamaged else { continue }
      for (tag, value) in stream.scalars where sink.wants(tag) { sink.set(tag, value) }
      reports += stream.reports
    }
    sink.report(reports)
  }

  /// The event files of a folder and those below it; links to folders are not followed.
  static func paths(below folder: String, depth: Int = 0) -> [String] {
    guard depth < deepest else { return [] }
    return ((try? File.names(in: folder)) ?? []).flatMap { name -> [String] in
      let path = Path.join(folder, name)
      switch File.kind(of: path) {
      case .file where name.hasPrefix("events.out.tfevents."): return [path]
      case .folder where !File.isLink(path): return paths(below: path, depth: depth + 1)
      case .file, .folder, .other, nil: return []
      }
    }
  }
}

/// The records of one event file, as its bytes stream by. A record that the file's end cuts short is left out: the writer
/// was stopped there.
private struct EventStream {
  /// The last value of each tag.
  private(set) var scalars: [String: Double] = [:]
  /// The values of the tags that are reported, with their steps.
  private(set) var reports: [(name: String, step: Int, value: Double)] = []
  private let isReported: (String) -> Bool
  /// Whether a record does not have the checksum that it states.
  private(set) var isDamaged = false

  /// Records beyond this hold no scalars: they are images, sounds and graphs.
  private static let largestRecord = 16 << 20
  /// More tags than this are not kept: `Metrics` keeps fewer, but does not know yet which are wanted.
  private static let mostTags = 1 << 16
  private static let mostReports = 1 << 20

  private var buffer: [UInt8] = []
  /// How many bytes to come belong to a record that is passed over.
  private var skipped = 0

  init(isReported: @escaping (String) -> Bool) { self.isReported = isReported }

  mutating func take(_ piece: UnsafeRawBufferPointer) {
    guard !isDamaged else { return }
    let left = min(skipped, piece.count)
    skipped -= left
    buffer.append(contentsOf: piece[left...])
    var start = 0
    while !isDamaged, let end = takeRecord(from: start) { start = end }
    if start <= buffer.count {
      buffer.removeSubrange(..<start)
    } else {
      skipped = start - buffer.count
      buffer.removeAll(keepingCapacity: true)
    }
  }

  /// - Returns: where the next record begins; nil when this one has not come whole.
  private mutating func takeRecord(from start: Int) -> Int? {
    let head = start + 12
    guard head <= buffer.count else { return nil }
    let length = UInt64(littleEndian: buffer[start..<start + 8])
    guard Self.hasChecksum(buffer[start..<start + 8], in: buffer[(start + 8)..<head]), length < 1 << 40 else {
      isDamaged = true
      return nil
    }
    let end = head + Int(length)
    guard length <= Self.largestRecord else { return end + 4 }
    guard end + 4 <= buffer.count else { return nil }
    guard Self.hasChecksum(buffer[head..<end], in: buffer[end..<end + 4]) else {
      isDamaged = true
      return nil
    }
    takeEvent(buffer[head..<end])
    return end + 4
  }

  private static func hasChecksum(_ bytes: ArraySlice<UInt8>, in stated: ArraySlice<UInt8>) -> Bool {
    let checksum = CRC32C.checksum(of: bytes)
    let masked = (checksum >> 15 | checksum << 17) &+ 0xA282_EAD8
    return UInt64(littleEndian: stated) == UInt64(masked)
  }

  /// `Event.step` is 2, `summary` 5, `Summary.value` 1; `Value.tag` is 1, `simple_value` 2 and `tensor` 8.
  private mutating func takeEvent(_ event: ArraySlice<UInt8>) {
    var step = 0
    for case (2, .varint(let number)) in ProtocolFields(event) { step = Int(truncatingIfNeeded: number) }
    for case (5, .bytes(let summary)) in ProtocolFields(event) {
      for case (1, .bytes(let entry)) in ProtocolFields(summary) {
        var tag: String?
        var scalar: Double?
        for field in ProtocolFields(entry) {
          switch field {
          case (1, .bytes(let name)): tag = String(validating: name, as: UTF8.self)
          case (2, .fixed32(let bits)): scalar = Double(Float(bitPattern: bits))
          case (8, .bytes(let tensor)): scalar = Tensor(tensor).scalar
          default: break
          }
        }
        guard let tag, let scalar else { continue }
        if isReported(tag), reports.count < Self.mostReports { reports.append((tag, step, scalar)) }
        guard scalars[tag] != nil || scalars.count < Self.mostTags else { continue }
        scalars[tag] = scalar
      }
    }
  }
}

/// A `TensorProto`, as far as it may be one number.
private struct Tensor {
  private(set) var scalar: Double?

  /// `dtype` is 1, `tensor_shape` 2, `tensor_content` 4; the values stand in a field of their own for each type.
  init(_ bytes: ArraySlice<UInt8>) {
    var type: UInt64 = 0
    var content: ArraySlice<UInt8>?
    var value: (field: Int, content: ProtocolFields.Value)?
    for field in ProtocolFields(bytes) {
      switch field {
      case (1, .varint(let number)): type = number
      case (2, .bytes(let shape)): guard Self.isScalar(shape) else { return }
      case (4, .bytes(let raw)): content = raw
      case (5...17, _): value = (field.number, field.value)
      default: break
      }
    }
    if let content, !content.isEmpty {
      scalar = Self.number(content, type)
    } else if let value {
      scalar = Self.number(value.field, value.content, type)
    }
  }

  /// `TensorShapeProto.dim` is 2, `Dim.size` 1: a scalar has no dimension, or dimensions of 1.
  private static func isScalar(_ shape: ArraySlice<UInt8>) -> Bool {
    ProtocolFields(shape).allSatisfy { field in
      guard case (2, .bytes(let dimension)) = field else { return true }
      return ProtocolFields(dimension).contains { $0.number == 1 && $0.value == .varint(1) }
    }
  }

  /// Of `tensor_content`: little-endian.
  private static func number(_ bytes: ArraySlice<UInt8>, _ type: UInt64) -> Double? {
    guard bytes.count <= 8 else { return nil }
    let bits = UInt64(littleEndian: bytes)
    switch (type, bytes.count) {
    case (1, 4): return Double(Float(bitPattern: UInt32(bits)))
    case (2, 8): return Double(bitPattern: bits)
    case (3, 4): return Double(Int32(truncatingIfNeeded: bits))
    case (9, 8): return Double(Int64(bitPattern: bits))
    case (14, 2), (19, 2): return half(UInt16(bits), type)
    default: return nil
    }
  }

  /// Of a field of its own: `float_val` is 5, `double_val` 6, `int_val` 7, `int64_val` 10, `half_val` 13; packed or not.
  private static func number(_ field: Int, _ value: ProtocolFields.Value, _ type: UInt64) -> Double? {
    switch (type, field, value) {
    case (1, 5, .fixed32(let bits)): return Double(Float(bitPattern: bits))
    case (1, 5, .bytes(let packed)), (2, 6, .bytes(let packed)): return number(packed, type)
    case (2, 6, .fixed64(let bits)): return Double(bitPattern: bits)
    case (3, 7, .varint(let bits)): return Double(Int32(truncatingIfNeeded: bits))
    case (9, 10, .varint(let bits)): return Double(Int64(bitPattern: bits))
    case (14, 13, .varint(let bits)), (19, 13, .varint(let bits)): return half(UInt16(truncatingIfNeeded: bits), type)
    case (3, 7, .bytes(var packed)), (9, 10, .bytes(var packed)), (14, 13, .bytes(var packed)),
      (19, 13, .bytes(var packed)):
      guard let bits = ProtocolFields.varint(&packed), packed.isEmpty else { return nil }
      return number(field, .varint(bits), type)
    default: return nil
    }
  }

  /// bfloat16 (14) is the upper half of a float; half (19) is IEEE 754's binary16.
  private static func half(_ bits: UInt16, _ type: UInt64) -> Double {
    if type == 14 { return Double(Float(bitPattern: UInt32(bits) << 16)) }
    let sign: Double = bits >> 15 == 0 ? 1 : -1
    let (exponent, fraction) = (Int(bits >> 10 & 31), Double(bits & 1023))
    switch exponent {
    case 0: return sign * fraction * 0x1p-24
    case 31: return fraction == 0 ? sign * .infinity : .nan
    default: return Double(sign: .plus, exponent: exponent - 25, significand: sign * (1024 + fraction))
    }
  }
}

/// The fields of a message in the wire format of protocol buffers; what is malformed ends it.
private struct ProtocolFields: Sequence, IteratorProtocol {
  enum Value: Equatable {
    case varint(UInt64)
    case fixed32(UInt32)
    case fixed64(UInt64)
    case bytes(ArraySlice<UInt8>)
  }

  private var rest: ArraySlice<UInt8>

  init(_ message: ArraySlice<UInt8>) { rest = message }

  mutating func next() -> (number: Int, value: Value)? {
    guard let key = Self.varint(&rest), let number = Int(exactly: key >> 3) else { return nil }
    switch key & 7 {
    case 0: return Self.varint(&rest).map { (number, .varint($0)) }
    case 1: return take(8).map { (number, .fixed64(UInt64(littleEndian: $0))) }
    case 2:
      guard let length = Self.varint(&rest), length <= UInt64(rest.count) else { return nil }
      return take(Int(length)).map { (number, .bytes($0)) }
    case 5: return take(4).map { (number, .fixed32(UInt32(UInt64(littleEndian: $0)))) }
    default: return nil
    }
  }

  private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
    guard rest.count >= count else { return nil }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  static func varint(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: 0, through: 63, by: 7) {
      guard let byte = bytes.popFirst() else { return nil }
      value |= UInt64(byte & 0x7F) << UInt64(shift)
      if byte < 0x80 { return value }
    }
    return nil
  }
}

/// The cyclic redundancy check of Castagnoli's polynomial (RFC 3720, B.4).
private enum CRC32C {
  private static let table = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in value >> 1 ^ (value & 1 == 0 ? 0 : 0x82F6_3B78) }
  }

  static func checksum(of bytes: ArraySlice<UInt8>) -> UInt32 {
    let table = table
    return ~bytes.reduce(~0) { $0 >> 8 ^ table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }
  }
}

extension UInt64 {
  /// Of at most eight bytes.
  fileprivate init(littleEndian bytes: ArraySlice<UInt8>) {
    self = bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
