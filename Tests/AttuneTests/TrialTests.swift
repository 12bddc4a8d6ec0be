import Artifacts
import Foundation
import Testing

/// What stands below `trial`, from the file to the process.
@Suite("Trials")
struct TrialTests {
  /// A grid of three trials over `x` and what else is tuned, with this below `trial`.
  private func program(
    _ trial: String, parameters: String = "x: {int: [0, 2]}", secrets: String = "",
    files: KeyValuePairs<String, String> = [:]
  ) throws -> Program {
    let program = try Program()
    try program.write(
      """
      attune: 1
      name: one
      objective: {minimize: loss}
      parameters: {\(parameters)}
      search: {strategy: grid}
      budget: {parallel: 2}
      \(secrets)
      trial:
      \(trial.split(separator: "\n", omittingEmptySubsequences: false).map { "  " + $0 }.joined(separator: "\n"))

      """, to: "e.yaml")
    for (name, text) in files { try program.write(text, to: name) }
    return program
  }

  /// The losses, or the classes of failure, by trial.
  private func results(_ program: Program) throws -> [String] {
    try program.read("results/one/trials.jsonl").split(separator: "\n").map { line in
      let json = try JSON(parsing: line.utf8)
      return try json["failure"]?["class"]?.string ?? #require(json["metrics"]?["loss"]?.number).description
    }
  }

  /// Applies, and gives the results when the manifest is good.
  private func apply(_ program: Program, environment: [String: String] = [:]) throws -> [String] {
    let output = try program.run("apply", "e.yaml", "--yes", environment: environment)
    #expect(output.code == 0, "\(output.err)")
    #expect(try program.run("verify", "results/one/manifest.json").code == 0)
    return try results(program)
  }

  // MARK: - Scripts

  @Test("a script has its parameters as variables, and a value is never text of it")
  func script() throws {
    let program = try program(
      """
      inputs: []
      shell: |
        # Variables with these names of the caller do not come through.
        test "$what" = "a b; exit 3 #"
        test "$opt_name" = '$(exit 4)' -a "$DECLARED" = 1
        test "$PWD" = "$HERE" -a "$ATTUNE_SEED" -ge 0
        cd "$ATTUNE_TRIAL_DIR"
        test "$(cat "$ATTUNE_PARAMS")" = "$EXPECTED$x}"
        printf 'loss=%s\\n' "$x" | tee log
      environment: {DECLARED: 1}
      """, parameters: "x: {int: [0, 2]}, what: 'a b; exit 3 #', opt-name: $(exit 4)")
    defer { program.remove() }
    let environment = [
      "HERE": program.folder.path, "x": "7", "what": "caller",
      "EXPECTED": #"{"opt-name":"$(exit 4)","what":"a b; exit 3 #","x":"#,
    ]
    #expect(try apply(program, environment: environment) == ["0.0", "1.0", "2.0"])
    let plan = try program.run("plan", "e.yaml")
    #expect(plan.out.contains("  Each trial, as a script for sh:\n      | # Variables with"))
    #expect(plan.out.contains("3 trials, 0 to run, 3 recorded"))
  }

  @Test("a script ends with the first line that fails, and with a variable that is not set")
  func failingScript() throws {
    let program = try program(
      """
      inputs: []
      shell: |
        if [ "$x" = 0 ]; then false; fi
        if [ "$x" = 1 ]; then echo "$unset_variable"; fi
        echo loss=5
      """)
    defer { program.remove() }
    #expect(try apply(program) == ["exit", "exit", "5.0"])
  }

  @Test("a change of the script makes other trials, and the plan keeps it whole")
  func changedScript() throws {
    let program = try program("inputs: []\nshell: echo loss=$x")
    defer { program.remove() }
    #expect(try apply(program) == ["0.0", "1.0", "2.0"])
    try program.write(program.read("e.yaml").replacing("loss=$x", with: "loss=1$x"), to: "e.yaml")
    try program.run("plan", "e.yaml", "-o", "x.plan.json")
    #expect(try JSON(parsing: program.read("x.plan.json").utf8)["trial"]?["shell"]?.string == "echo loss=1$x")
    let output = try program.run("apply", "x.plan.json", "--yes")
    #expect(output.code == 0, "\(output.err)")
    #expect(try results(program) == ["10.0", "11.0", "12.0"])
  }

  // MARK: - Placeholders

  @Test("placeholders give a trial its arguments, its folders and the variables of where it runs")
  func placeholders() throws {
    let program = try program(
      """
      run: >
        sh t.sh ${args} - ${args:hydra} - ${args:flags} - ${trial.checkpoint} ${trial.params} pre${env:PLACE}
        ${env:DECLARED}
      inputs: [t.sh]
      environment: {DECLARED: d}
      """, parameters: "x: {int: [0, 2]}, on: true, off: false, name: a b",
      files: [
        "t.sh": """
        set -eu
        folder=$ATTUNE_TRIAL_DIR
        check() { test "$1" = "$2" || { echo "$1 is not $2" >&2; exit 9; }; }
        x=$8
        check "$*" "--name a b --off false --on true --x $x - name=a b off=false on=true x=$x - --name a b --on --x $x - \\
        $folder/checkpoint $folder/params.json prep l d"
        check "$#" 24
        check "$ATTUNE_CHECKPOINT" "$folder/checkpoint"
        test -d "$ATTUNE_CHECKPOINT"
        # An attempt finds what the one before has left, and no metrics of it.
        test ! -e "$ATTUNE_METRICS"
        if [ ! -e "$ATTUNE_CHECKPOINT/state" ]; then
          echo '{"loss": 9}' > "$ATTUNE_METRICS"; echo 1 > "$ATTUNE_CHECKPOINT/state"; exit 1
        fi
        echo loss=$x
        """
      ])
    defer { program.remove() }
    let environment = ["PLACE": "p l"]
    let first = try program.run("apply", "e.yaml", "--yes", environment: environment)
    #expect(first.code == 1, "\(first.err)")
    #expect(try results(program) == ["exit", "exit", "exit"])
    let again = try program.run("apply", "e.yaml", "--yes", "--retry-failed", environment: environment)
    #expect(try results(program) == ["0.0", "1.0", "2.0"], "\(again.err)")
    #expect(
      try program.run("apply", "e.yaml", "--yes", environment: environment).out.contains(
        "0 run in this apply, 3 recorded already"))
    // With another value it is another trial.
    #expect(
      try program.run("apply", "e.yaml", "--yes", environment: ["PLACE": "elsewhere"]).out.contains(
        "3 run in this apply, 0 recorded already"))
  }

  @Test("a variable that is not set is said before anything runs")
  func missingVariable() throws {
    let program = try program("run: echo loss=${x} ${env:ATTUNETEST_NOT_SET}\ninputs: []")
    defer { program.remove() }
    #expect(try program.run("check", "e.yaml").code == 0)
    #expect(try program.run("plan", "e.yaml").out.contains("${env:ATTUNETEST_NOT_SET}"))
    let output = try program.run("apply", "e.yaml", "--yes")
    #expect(output.code == 69)
    #expect(output.err.contains("error: ATTUNETEST_NOT_SET is not set in the environment"))
    #expect(!program.exists(".attune"))
  }

  @Test("dotted parameters are nested in the file of parameters, and those that are inactive are nowhere")
  func nested() throws {
    let program = try program(
      """
      inputs: []
      shell: |
        echo "$(cat "$ATTUNE_PARAMS") ${opt_lr-none}" > "$ATTUNE_TRIAL_DIR/seen"
        echo loss=1
      """, parameters: "x: {choice: [1, 2]}, opt.name: a, opt.lr: {choice: [0.5, 0.25], when: x == 2}")
    defer { program.remove() }
    #expect(try apply(program, environment: ["opt_lr": "the caller's"]).count == 3)
    let paths = FileManager.default.subpaths(atPath: program.url(".attune").path) ?? []
    let seen = try paths.filter { $0.hasSuffix("/seen") }.map { try program.read(".attune/\($0)") }
    let expected = [
      #"{"opt":{"lr":0.25,"name":"a"},"x":2} 0.25"#, #"{"opt":{"lr":0.5,"name":"a"},"x":2} 0.5"#,
      #"{"opt":{"name":"a"},"x":1} none"#,
    ]
    #expect(seen.sorted() == expected.map { $0 + "\n" })
    #expect(try program.read("results/one/trials.jsonl").contains(#""parameters":{"opt.name":"a","x":1}"#))
  }

  // MARK: - Secrets

  @Test("a secret reaches the trial, and its value nothing that attune writes or prints")
  func secrets() throws {
    let program = try program(
      """
      inputs: []
      failures: {metric-missing: failed}
      shell: |
        case $TOKEN in s3?r3t*alue) ;; *) exit 5 ;; esac
        echo "using $TOKEN"; echo "$TOKEN=1"
        echo "{\\"loss\\": $x, \\"$TOKEN\\": 2}" >> "$ATTUNE_METRICS"
        if [ "$x" = 1 ]; then echo "denied: $TOKEN" >&2; exit 1; fi
        if [ "$x" = 2 ]; then : > "$ATTUNE_METRICS"; echo "loss is $TOKEN"; fi
      """, secrets: "secrets: [TOKEN, SHORT]")
    defer { program.remove() }
    let environment = ["TOKEN": "s3cr3t-value", "SHORT": "abc"]
    #expect(try program.run("plan", "e.yaml").out.contains("      TOKEN=*** (a secret)"))
    let missing = try program.run("apply", "e.yaml", "--yes", environment: ["SHORT": "abc"])
    #expect(missing.code == 69 && missing.err.contains("error: TOKEN is not set") && !program.exists(".attune"))
    let output = try program.run("apply", "e.yaml", "--yes", "--progress", "plain", environment: environment)
    #expect(output.code == 0, "\(output.err)")
    #expect(try results(program) == ["0.0", "exit", "metric-missing"])
    #expect(output.err.contains("warning: SHORT has fewer than 4 characters"))
    #expect(output.err.contains("exit code 1 (denied: ***)") && output.err.contains("(loss is ***)"))
    #expect(!(output.out + output.err).contains("s3cr3t"))
    let files = try #require(FileManager.default.enumerator(at: program.folder, includingPropertiesForKeys: nil))
    var count = 0
    for case let file as URL in files {
      guard let data = FileManager.default.contents(atPath: file.path) else { continue }
      count += 1
      #expect(file.lastPathComponent == "e.yaml" || data.range(of: Data("s3cr3t".utf8)) == nil, "\(file.path)")
    }
    #expect(count > 10)
    // The value, or another one, is no part of what a trial is.
    let again = try program.run("apply", "e.yaml", "--yes", environment: ["TOKEN": "another", "SHORT": "x"])
    #expect(again.out.contains("0 run in this apply, 3 recorded already"))
  }

  @Test("a secret is covered also where a trial is ended")
  func cancelledSecret() throws {
    let program = try program(
      "inputs: []\nshell: |\n  echo \"$TOKEN\"; : > \"$ATTUNE_TRIAL_DIR/ready\"; sleep 60; echo loss=$x",
      secrets: "secrets: [TOKEN]")
    defer { program.remove() }
    let running = try program.start(["apply", "e.yaml", "--yes"], environment: ["TOKEN": "s3cr3t-value"])
    func logs() -> [String] {
      let names = FileManager.default.subpaths(atPath: program.url(".attune").path) ?? []
      guard names.filter({ $0.hasSuffix("/ready") }).count == 2 else { return [] }
      return names.filter { $0.hasSuffix("stdout.log") }
    }
    #expect(eventually { logs().count == 2 })
    running.send(SIGTERM)
    _ = try running.wait()
    for log in logs() { #expect(try program.read(".attune/\(log)") == "***\n") }
  }

  @Test("a secret that an apply left open when it was killed is covered by the next")
  func killedSecret() throws {
    let program = try program(
      "inputs: []\nshell: |\n  echo \"$TOKEN\"; : > \"$ATTUNE_TRIAL_DIR/ready\"; sleep 60; echo loss=$x",
      secrets: "secrets: [TOKEN]")
    defer { program.remove() }
    let environment = ["TOKEN": "s3cr3t-value"]
    let running = try program.start(["apply", "e.yaml", "--yes"], environment: environment)
    func paths() -> [String] { FileManager.default.subpaths(atPath: program.url(".attune").path) ?? [] }
    #expect(eventually { paths().filter { $0.hasSuffix("/ready") }.count == 2 })
    running.send(SIGKILL)
    _ = try running.wait()
    // Other trials: what those that were killed have written stays.
    try program.write(program.read("e.yaml").replacing("sleep 60", with: "sleep 0"), to: "e.yaml")
    #expect(try apply(program, environment: environment) == ["0.0", "1.0", "2.0"])
    let logs = paths().filter { $0.hasSuffix("stdout.log") }
    #expect(logs.count == 5)
    for log in logs { #expect(try program.read(".attune/\(log)").hasPrefix("***\n")) }
  }

  @Test("an experiment with a secret's value in it is not applied")
  func writtenSecret() throws {
    let program = try program("inputs: []\nrun: echo loss=${x} s3cr3t-value", secrets: "secrets: [TOKEN]")
    defer { program.remove() }
    let output = try program.run("apply", "e.yaml", "--yes", environment: ["TOKEN": "s3cr3t-value"])
    #expect(output.code == 65 && !program.exists(".attune"))
    #expect(output.err.contains("the value of the secret TOKEN stands in the experiment"))
  }

  // MARK: - Metrics

  private static let sources = [
    (
      metrics: "{from: json, path: out/m.json, names: {loss: eval.loss}}",
      script: #"echo "{\"eval\": {\"loss\": $x}}" > m.json"#
    ),
    (
      "{from: jsonl, path: '${trial.dir}/out/m.jsonl'}",
      #"echo "{\"loss\": 9}" > m.jsonl; echo "{\"loss\": $x}" >> m.jsonl"#
    ),
    (
      "{from: csv, path: out/m.csv, names: {loss: val loss}}",
      #"printf 'epoch,val loss\r\n1,9\r\n2,%s\r\n3,\r\n' "$x" > m.csv"#
    ),
    ("{pattern: 'epoch {epoch:int} loss {loss}'}", #"echo loss=7; echo "epoch 1 loss $x""#),
    ("{names: {loss: val/loss}}", #"echo "loss=7 val/loss=$x""#),
    ("{from: tensorboard, path: out}", #"cp "$HERE/events.out.tfevents.$x" ."#),
  ]

  /// A head, and an event with the scalar `loss` of 0, 1 and 2.
  private static let events = [
    "GAAAAAAAAACjf0siCQAAAAAAAPA/Gg1icmFpbi5FdmVudDoyhr9XehoAAAAAAAAAEpvYLQkAAAAAAADwPxABKg0KCwoEbG9zcxUAAAAAh750iA==",
    "GAAAAAAAAACjf0siCQAAAAAAAPA/Gg1icmFpbi5FdmVudDoyhr9XehoAAAAAAAAAEpvYLQkAAAAAAADwPxABKg0KCwoEbG9zcxUAAIA/oOSrnQ==",
    "GAAAAAAAAACjf0siCQAAAAAAAPA/Gg1icmFpbi5FdmVudDoyhr9XehoAAAAAAAAAEpvYLQkAAAAAAADwPxABKg0KCwoEbG9zcxUAAABAMTwMgQ==",
  ]

  @Test("metrics are read from each source", arguments: sources)
  func metrics(metrics: String, script: String) throws {
    let program = try program(
      "inputs: []\nmetrics: \(metrics)\nshell: |\n  mkdir -p \"$ATTUNE_TRIAL_DIR/out\"; cd \"$ATTUNE_TRIAL_DIR/out\"; \(script)"
    )
    defer { program.remove() }
    for (x, text) in Self.events.enumerated() {
      try #require(Data(base64Encoded: text)).write(to: program.url("events.out.tfevents.\(x)"))
    }
    #expect(try apply(program, environment: ["HERE": program.folder.path]) == ["0.0", "1.0", "2.0"])
    #expect(try program.run("plan", "e.yaml").out.contains("      metrics "))
  }

  @Test("a source that gives no metric, or one that is not finite, is said where it was looked for")
  func missingMetric() throws {
    let program = try program(
      """
      inputs: []
      failures: {metric-missing: failed}
      metrics: {from: csv, path: m.csv}
      shell: |
        cd "$ATTUNE_TRIAL_DIR"
        if [ "$x" = 0 ]; then echo loss=1; fi
        if [ "$x" = 1 ]; then printf 'loss\\nnan\\n' > m.csv; fi
        if [ "$x" = 2 ]; then printf 'acc,loss\\n1,\\n' > m.csv; fi
      """)
    defer { program.remove() }
    let output = try program.run("apply", "e.yaml", "--yes")
    #expect(try results(program) == ["metric-missing", "metric-not-finite", "metric-missing"])
    #expect(output.err.contains("it did not report loss as a number in `m.csv` of the trial's folder, nor any other"))
    #expect(output.err.contains("in `m.csv` of the trial's folder; it reported acc"))
  }
}
