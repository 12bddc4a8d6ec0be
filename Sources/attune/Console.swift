internal import Artifacts
internal import Glibc

/// The standard streams: data on standard output, words about it on standard error.
enum Console {
  static func print(_ text: String) { write(text + "\n", to: 1) }

  static func note(_ text: String) { write(text + "\n", to: 2) }

  static func write(_ text: String, to descriptor: Int32) { write(Array(text.utf8), to: descriptor) }

  /// Data as it is.
  static func write(_ bytes: [UInt8]) { write(bytes, to: 1) }

  /// A reader that has gone away is no reason to stop, and words that cannot be written are dropped; data that cannot is
  /// a failure, and ends the program.
  private static func write(_ bytes: [UInt8], to descriptor: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else {
        if descriptor == 1 && errno != EPIPE { exit(74) }
        return
      }
      rest = rest.dropFirst(count)
    }
  }

  /// A path as seen from the current folder, when it lies below.
  static func shortened(_ path: String) -> String {
    Path.resolved(".").map { Path.relative(path, to: $0) } ?? path
  }

  static var inputIsTerminal: Bool { isTerminal(0) }

  static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// Whether the terminal knows colours and nobody has asked for none.
  static var canColour: Bool {
    func value(_ name: String) -> String { getenv(name).map { String(cString: $0) } ?? "" }
    return value("NO_COLOR").isEmpty && !["", "dumb"].contains(value("TERM"))
  }

  /// Whether standard error can redraw what it shows.
  static var canRedraw: Bool {
    isatty(2) == 1 && getenv("TERM").map { String(cString: $0) != "dumb" } ?? false && getenv("CI") == nil
  }

  /// The columns of the terminal on standard error; 80 when it does not say.
  static var width: Int {
    var size = winsize()
    return ioctl(2, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
  }

  /// Lets writing to a closed pipe fail instead of ending the program.
  static func ignoreClosedPipes() { signal(SIGPIPE, SIG_IGN) }
}
