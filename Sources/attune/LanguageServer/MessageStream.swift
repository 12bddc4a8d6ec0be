internal import Artifacts
internal import Glibc

/// JSON-RPC messages over standard input and output, each behind a header with its length (Language Server Protocol
/// 3.17, "Base Protocol").
struct MessageStream {
  private var buffer: [UInt8] = []

  /// A message longer than this is no editor's: an experiment is at most 16 MiB.
  private static let longestMessage = 1 << 28

  /// The next message; nil when the editor has gone, or speaks another language.
  mutating func next() -> JSON? {
    while true {
      guard let length = header() else { return nil }
      while buffer.count < length {
        guard fill() else { return nil }
      }
      let body = buffer[..<length]
      buffer.removeFirst(length)
      // What is no JSON can have no answer: it is passed over.
      if let message = try? JSON(parsing: body) { return message }
      Self.send(MessageStream.failure(.null, code: -32700, "this is not JSON"))
    }
  }

  /// Takes the header off the buffer: the length that it states.
  private mutating func header() -> Int? {
    let end = Array("\r\n\r\n".utf8)
    var from = 0
    while true {
      if let place = buffer.indices.dropFirst(from).first(where: { buffer[$0...].starts(with: end) }) {
        let lines = String(decoding: buffer[..<place], as: UTF8.self).split(whereSeparator: \.isNewline)
        buffer.removeFirst(place + end.count)
        for line in lines where line.lowercased().hasPrefix("content-length:") {
          let number = line.dropFirst(15).filter { $0 != " " }
          if let length = Int(number), (0...Self.longestMessage).contains(length) { return length }
        }
        return nil
      }
      from = max(0, buffer.count - 3)
      guard buffer.count < 1 << 16, fill() else { return nil }
    }
  }

  private mutating func fill() -> Bool {
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(0, &piece, piece.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return false }
      buffer += piece[..<count]
      return true
    }
  }

  static func send(_ message: JSON) {
    let body = message.canonicalBytes
    Console.write(Array("Content-Length: \(body.count)\r\n\r\n".utf8) + body)
  }

  static func answer(_ id: JSON, _ result: JSON) -> JSON {
    .object(["jsonrpc": .string("2.0"), "id": id, "result": result])
  }

  static func failure(_ id: JSON, code: Int, _ message: String) -> JSON {
    .object([
      "jsonrpc": .string("2.0"), "id": id, "error": .object(["code": .int(code), "message": .string(message)]),
    ])
  }

  static func notification(_ method: String, _ parameters: JSON) -> JSON {
    .object(["jsonrpc": .string("2.0"), "method": .string(method), "params": parameters])
  }
}
