import Foundation
import Testing

@testable import Execution

@Suite("Processes that outlive their trial")
struct SurvivorsTests {
  @Test("are found by their token, with their own children, and ended; others are left alone")
  func found() throws {
    let token = UUID().uuidString
    func start(_ token: String, _ script: String) throws -> Process {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = ["-c", script]
      process.environment = ["PATH": "/bin:/usr/bin", Survivors.variable: token]
      try process.run()
      return process
    }
    let own = try start("\(token):1", "setsid sleep 60 & sleep 60 & wait")
    let other = try start("other-\(token)", "exec sleep 60")
    defer { other.terminate() }
    // A process that was just forked has no environment of its own yet.
    while Survivors.token(of: other.processIdentifier) != "other-\(token)" { usleep(1000) }
    while Survivors.token(of: own.processIdentifier) == nil { usleep(1000) }
    #expect(Survivors.end(tokensWith: "\(token):", isCertain: true) >= 1)
    own.waitUntilExit()
    #expect(own.terminationReason == .uncaughtSignal)
    #expect(Survivors.end(tokensWith: "\(token):", isCertain: true) == 0)
    #expect(other.isRunning)
  }
}
