internal import Artifacts
internal import CProcess
internal import Glibc
internal import Synchronization

/// Wakes the loop's thread from another one, and carries the result of a commit across.
final class Wake: Sendable {
  let descriptor = attune_wake_descriptor()
  private let result = Mutex<Result<Void, any Error>?>(nil)

  deinit { close(descriptor) }

  func signal(_ value: Result<Void, any Error>) {
    result.withLock { $0 = value }
    attune_wake(descriptor)
  }

  func take() -> Result<Void, any Error>? {
    attune_drain(descriptor)
    return result.withLock { result in
      defer { result = nil }
      return result
    }
  }
}

/// The signals that this process was sent, to be read when there is time.
struct SignalSource: ~Copyable {
  let descriptor: Int32

  init(_ signals: [Int32]) throws {
    descriptor = attune_signal_descriptor(signals, Int32(signals.count))
    guard descriptor >= 0 else { throw FileError("receive", "signals", code: -descriptor) }
  }

  deinit { close(descriptor) }

  /// SIGUSR1 counts as SIGINT: that is ignored by what a shell has started in the background.
  func next() -> Int32? {
    let signal = attune_next_signal(descriptor)
    return signal == 0 ? nil : signal == SIGUSR1 ? SIGINT : signal
  }
}
