import Artifacts
import Foundation
import TestSupport
import Testing

@testable import Execution

@Suite("Secrets")
struct SecretsTests {
  /// Names are the tests' own: they share one environment.
  private func secrets(_ values: KeyValuePairs<String, String>, source: String = "") throws -> Secrets {
    var plan = Plan.small
    plan.secrets = values.map(\.key)
    for (name, value) in values { setenv(name, value, 1) }
    return try Secrets(of: PlanDocument(plan), texts: ["", source])
  }

  private func covered(_ text: String, _ secrets: Secrets) throws -> String {
    let folder = try TemporaryFolder()
    try folder.write(text, to: "stdout.log")
    secrets.coverFiles(of: TrialFolder(folder.path))
    return String(decoding: try File.read(folder.path + "/stdout.log"), as: UTF8.self)
  }

  @Test("are covered wherever a trial wrote them")
  func covers() throws {
    let secrets = try secrets(["SECRETS_A": "abcdef", "SECRETS_B": "abcdefgh", "SECRETS_C": "x\"y/z"])
    let cases = [
      ("token abcdef", "token ***"), ("abcdefgh!", "***!"), ("abcdefg", "***g"), ("abcde", "abcde"), ("", ""),
      ("abcabcdefabcdef\n", "abc******\n"), ("{\"k\": \"x\\\"y/z\"}", "{\"k\": \"***\"}"), ("?k=x%22y%2Fz&", "?k=***&"),
      ("x\"y/z", "***"),
    ]
    for (text, expected) in cases {
      #expect(try covered(text, secrets) == expected)
      #expect(secrets.covered(text) == expected)
    }
  }

  @Test("of several lines are covered line by line as well")
  func lines() throws {
    let secrets = try secrets(["SECRETS_D": "-----BEGIN-----\nabcd\n\nxy\n"])
    #expect(try covered("-----BEGIN-----\nabcd\n\nxy\n", secrets) == "***")
    #expect(try covered("> abcd\n> xy", secrets) == "> ***\n> xy")
    #expect(try covered("'-----BEGIN-----\\nabcd\\n\\nxy\\n'", secrets) == "'***'")
  }

  @Test("are found across the pieces in which a file is read")
  func pieces() throws {
    let secrets = try secrets(["SECRETS_E": "0123456789"])
    for offset in [-10, -9, -5, -1, 0, 1] {
      let before = String(repeating: "a", count: 1 << 18 + offset)
      let after = String(repeating: "b", count: 300_000)
      #expect(try covered(before + "0123456789" + after + "0123456789", secrets) == before + "***" + after + "***")
    }
  }

  @Test("a file without them is left as it is")
  func untouched() throws {
    let folder = try TemporaryFolder()
    try folder.write("nothing", to: "stderr.log")
    let path = folder.path + "/stderr.log"
    let number = try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int
    try secrets(["SECRETS_F": "abcdef"]).coverFiles(of: TrialFolder(folder.path))
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int == number)
  }

  @Test("that are short are not covered, and are named")
  func short() throws {
    let secrets = try secrets(["SECRETS_G": "abc", "SECRETS_H": "abcd"])
    #expect(secrets.short == ["SECRETS_G"])
    #expect(secrets.covered("abc abcd") == "abc ***")
  }

  @Test("that are not set, or empty, are refused, and so are variables that the command names")
  func missing() throws {
    #expect { try secrets(["SECRETS_I": ""]) } throws: { "\($0)".hasPrefix("SECRETS_I is not set") }
    var plan = Plan.small
    plan.secrets = ["SECRETS_NONE"]
    plan.trial.program = .command([[.literal("a")], [.variable("SECRETS_NOT")], [.variable("DECLARED")]])
    plan.trial.environment = [.init(name: "DECLARED", value: "x")]
    #expect { try Secrets(of: PlanDocument(plan), texts: []) } throws: {
      "\($0)".hasPrefix("SECRETS_NONE, SECRETS_NOT are not set")
    }
  }

  @Test("whose values stand in what is recorded are refused")
  func written() throws {
    #expect { try secrets(["SECRETS_J": "abcdefgh"], source: "# abcdefgh") } throws: {
      if case ExecutionError.secretWritten("SECRETS_J") = $0 { true } else { false }
    }
    // The plan's own words.
    #expect(throws: ExecutionError.self) { try secrets(["SECRETS_K": "train.py"]) }
    #expect(try secrets(["SECRETS_L": "abcdefg"], source: "abcdefg").short.isEmpty)
  }

  @Test("in the names of metrics are covered")
  func metrics() throws {
    var metrics = Metrics()
    metrics.set("abcdef_loss", 1)
    #expect(try secrets(["SECRETS_M": "abcdef"]).covered(metrics).values.map(\.name) == ["***_loss"])
  }
}
