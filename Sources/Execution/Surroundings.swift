internal import Artifacts
internal import CProcess
internal import Glibc
package import Store
internal import Synchronization

/// The world around a coordinator: its clocks, what wakes it, and the signals that it is sent.
package protocol Surroundings: AnyObject {
  /// Milliseconds that only go forward.
  var now: Int { get }
  /// Seconds since 1970, UTC.
  var wall: Double { get }
  /// Ends a `wait` that is going on, or else the next one; may be called from any thread.
  var wakeUp: @Sendable () -> Void { get }
  /// Sleeps until a moment, unless it is woken before: by a signal, the end of a trial, or `wakeUp`.
  func wait(until: Int)
  /// The signals that came since it was asked last, without those that only wake.
  func signals() -> [Int32]
}

/// Where the events of runs become durable.
package protocol EventStore {
  var journal: JournalReader { get }
  /// Commits events and waits until they are durable.
  func commit(_ events: [JournalEvent]) throws
  /// Commits events in one transaction, and calls `completion`, from any thread, when they are durable.
  func commit(_ events: [JournalEvent], completion: @escaping @Sendable (Result<Void, any Error>) -> Void)
  /// Sets room aside for the last events of a run.
  ///
  /// - Returns: whether there is room for what a trial needs besides.
  func takeReserve() -> Bool
  /// Whether there is any room but that.
  var hasRoom: Bool { get }
  /// Leaves that room to what is to be committed.
  func giveReserveBack()
}

extension RunStore: EventStore {
  package func takeReserve() -> Bool { reserve?.take() ?? true }
  package var hasRoom: Bool { reserve?.hasOtherRoom(64 << 10) ?? true }
  package func giveReserveBack() { reserve?.giveBack() }
}

/// This machine's.
final class RealSurroundings: Surroundings {
  private let source: SignalSource
  private let wake = Wake()

  /// - Precondition: no other thread is there yet: a signal must find none that would take it.
  init() throws {
    source = try SignalSource([SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGUSR1])
  }

  var now: Int { Now.monotonic }
  var wall: Double { Now.wall }

  var wakeUp: @Sendable () -> Void {
    let wake = wake
    return { wake.signal() }
  }

  func wait(until: Int) {
    var descriptors = [
      pollfd(fd: source.descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: wake.descriptor, events: Int16(POLLIN), revents: 0),
    ]
    poll(&descriptors, 2, Int32(min(max(0, until - now), 1 << 30)))
    wake.drain()
  }

  func signals() -> [Int32] {
    var signals: [Int32] = []
    while let signal = source.next() { if signal != SIGCHLD { signals.append(signal) } }
    return signals
  }
}

/// What came of a commit, on its way from the thread that made it.
final class CommitResult: Sendable {
  private let result = Mutex<Result<Void, any Error>?>(nil)

  func set(_ value: Result<Void, any Error>) { result.withLock { $0 = value } }

  func take() -> Result<Void, any Error>? {
    result.withLock { result in
      defer { result = nil }
      return result
    }
  }
}

/// Wakes a thread that polls from another one.
final class Wake: Sendable {
  let descriptor = attune_wake_descriptor()

  deinit { close(descriptor) }

  func signal() { attune_wake(descriptor) }

  func drain() { attune_drain(descriptor) }
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
