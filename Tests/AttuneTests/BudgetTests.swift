import Artifacts
import Foundation
import Testing

@Suite("A budget of hours and cost", .serialized)
struct BudgetTests {
  /// A run takes at most this long: 1 s of its own, 5 s in which it is ended, and 1 s.
  private static let longest = 7000

  /// Ten trials of one processor.
  private static func program(_ script: String, seconds: Double, parallel: Int = 1) throws -> Program {
    try .oneParameter(
      script, parallel: parallel, budget: ", cpu_hours: \(seconds / 3600)", trial: ", timeout: 1s, resources: {cpus: 1}"
    )
  }

  private static func ledger(_ program: Program) throws -> (stop: JSON, ledger: JSON) {
    let manifest = try JSON(parsing: program.read("results/one/manifest.json").utf8)
    return (
      try #require(manifest["content"]?["stop"]), try #require(manifest["circumstances"]?["ledger"])
    )
  }

  @Test("is kept where trials do not end when they are told, and others wait for what is set aside")
  func overrun() throws {
    let script = """
      if [ $1 = 1 ]; then trap '' TERM; sleep 30; sleep 30; fi
      sleep 0.3; echo loss=$1
      """
    let program = try Self.program(script, seconds: 14, parallel: 2)
    defer { program.remove() }
    let apply = try program.run("apply", "e.yaml", "--yes", "--progress", "plain")
    #expect(apply.code == 0, "\(apply.err)")
    #expect(apply.err.contains("the budget has not enough left for another run"), "\(apply.err)")
    let (stop, ledger) = try Self.ledger(program)
    let (after, work) = (stop["afterTrials"]?.int ?? 0, ledger["milliseconds"]?.int ?? 0)
    #expect(stop["reason"]?.string == "cost" && (2..<10).contains(after))
    // Trial 1 took six seconds, and no run was started that could have gone beyond.
    #expect(work > 14_000 - Self.longest && work <= 14_000, "\(ledger)")
    #expect(ledger["lostMilliseconds"]?.int == 0 && ledger["runs"]?.int == after)
    #expect(ledger["cpuHours"]?.number == Double(work) / 3_600_000)
    #expect(try program.run("verify", "results/one/manifest.json").code == 0)
    let show = try program.run("show", "results/one/manifest.json").out
    #expect(show.contains("the next one might have gone beyond the budget: 0.0038889 CPU-hours"), "\(show)")
    #expect(show.contains(" CPU-hours of 0.0038889: \(after) runs took "))
    #expect(try program.run("apply", "e.yaml", "--yes").out.contains("\n0 run in this apply"))
  }

  @Test("counts a run that is lost with attune as long as it can have taken, and one that is ended as long as it took")
  func lost() throws {
    let program = try Self.program("sleep 0.5; echo loss=$1", seconds: 25)
    defer { program.remove() }
    let killed = try program.start(["apply", "e.yaml", "--yes", "--progress", "plain"])
    try killed.waitUntil { $0.contains("trial 1 ") }
    usleep(250_000)
    killed.send(SIGKILL)
    _ = try killed.wait()
    let plan = try program.run("plan", "e.yaml").out
    #expect(plan.contains("CPU-hours, 0.0022") && plan.contains("used so far"), "\(plan)")
    let ended = try program.start(["apply", "e.yaml", "--yes", "--progress", "plain"])
    try ended.waitUntil { $0.contains("trial 3 ") }
    usleep(250_000)
    ended.send(SIGTERM)
    _ = try ended.wait()
    #expect(try program.run("apply", "e.yaml", "--yes").code == 0)
    let (_, ledger) = try Self.ledger(program)
    let (work, lost) = (ledger["milliseconds"]?.int ?? 0, ledger["lostMilliseconds"]?.int ?? 0)
    #expect(work <= 25_000 && lost > Self.longest && lost < Self.longest + 1500, "\(ledger)")
    #expect(try program.run("doctor").code == 0)
  }

  @Test("that was used up before the best trial is confirmed is said, and a larger one goes on")
  func usedUp() throws {
    let script = "touch started-$ATTUNE_TRIAL; sleep 0.3; echo loss=$1"
    let program = try Self.program(script, seconds: 14.1)
    defer { program.remove() }
    try program.write(program.read("e.yaml") + "\nconfirm: {top: 1, repeats: 1}", to: "e.yaml")
    let killed = try program.start(["apply", "e.yaml", "--yes", "--progress", "plain"])
    #expect(eventually { program.exists("started-1") })
    killed.send(SIGKILL)
    _ = try killed.wait()
    let apply = try program.run("apply", "e.yaml", "--yes")
    #expect(apply.code == 5, "\(apply.err)")
    #expect(apply.err.contains("the budget is used up before all of the best trials are confirmed"), "\(apply.err)")
    #expect(!program.exists("results/one/manifest.json"))
    // One trial is recorded, of which a larger budget makes use.
    let more = try program.run("apply", "e.yaml", "--yes", "--set", "budget.cpu_hours=1")
    #expect(more.code == 0 && more.out.contains("10 run in this apply, 1 recorded already"), "\(more.out)")
  }

  @Test("of time is told with what of it is over, and so is its forecast")
  func timeLeft() throws {
    let program = try Program.oneParameter("sleep 0.6; echo loss=$1", budget: ", time: 2s")
    defer { program.remove() }
    let running = try program.start(["apply", "e.yaml", "--yes", "--progress", "plain"])
    try running.waitUntil { $0.components(separatedBy: "\ntrial ").count > 3 }
    running.send(SIGKILL)
    _ = try running.wait()
    let plan = try program.run("plan", "e.yaml").out
    #expect(plan.contains("2s: no more trials start then (time), of which "), "\(plan)")
    let forecast = plan.split(separator: "\n").first { $0.contains("Forecast: ") }.map(String.init) ?? ""
    let words = forecast.replacingOccurrences(of: ",", with: "").split(separator: " ")
    let time = words.first { $0.hasSuffix("s") && $0.first?.isNumber ?? false } ?? ""
    // A second is over at least, and the last one may be about to start.
    #expect(time.hasSuffix("ms") || (Double(time.dropLast()) ?? 9) < 1.9, "\(forecast)")
  }

  @Test("adds up the prices of what trials have, and is forecast and scored")
  func cost() throws {
    let program = try Program([
      "e.yaml": """
      attune: 1
      name: one
      extends: rates.yaml
      objective: {minimize: loss}
      parameters: {x: {int: [0, 9]}}
      search: {strategy: grid}
      budget: {trials: 10, parallel: 2, cost: 30}
      trial: {run: "sh t.sh ${x}", inputs: [t.sh], timeout: 1s, resources: {cpus: 0.5, gpus: 1, named: {seat: 2}}}
      """, "t.sh": "sleep 0.2; echo loss=$1",
      "rates.yaml": "budget: {rates: {gpus: 3600, cpus: 720, seat: 36, tpu: 4}}",
    ])
    defer { program.remove() }
    // 3600 for a GPU, 360 for half a processor and 72 for two seats are 1.12 for a second.
    let plan = try program.run("plan", "e.yaml")
    #expect(plan.err.contains("W3022"), "\(plan.err)")
    #expect(plan.out.contains("an hour of a run costs 4032: 360 for cpus, 3600 for gpus, 72 for seat"), "\(plan.out)")
    #expect(
      plan.out.contains("cost 30: no run starts that could go beyond; each could take 7.84 (cost)"), "\(plan.out)")
    let machine = ["--gpus", "0,1", "--resource", "seat=4"]
    let apply = try program.run(["apply", "e.yaml", "--yes"] + machine)
    #expect(apply.code == 0, "\(apply.err)")
    let (stop, ledger) = try Self.ledger(program)
    let work = Double(ledger["milliseconds"]?.int ?? 0)
    #expect(stop["reason"]?.string == "exhausted" && work >= 2000)
    #expect(abs((ledger["cost"]?.number ?? 0) - work / 1000 * 1.12) < 1e-9 && ledger["gpuHours"] == nil)
    let more = try program.run("plan", "e.yaml", "--set", "trial.repeats.seeds=2")
    #expect(more.out.contains("Forecast: ") && more.out.contains("            cost "), "\(more.out)")
    #expect(try program.run(["apply", "e.yaml", "--yes", "--set", "trial.repeats.seeds=2"] + machine).code == 0)
    let show = try program.run("show", "results/one/manifest.json").out
    #expect(show.contains("The last apply used cost ") && show.contains("; the forecast was cost "), "\(show)")
  }

  @Test("does not close below a trial that waits to be tried again: what it came to stands")
  func waitingRetry() throws {
    let program = try Self.program("if [ $1 = 0 ]; then exit 3; fi; sleep 0.3; echo loss=$1", seconds: 9, parallel: 2)
    defer { program.remove() }
    let failures = "trial.failures.exit={retries: 2, wait: 1h}"
    let apply = try program.run("apply", "e.yaml", "--yes", "--set", failures)
    #expect(apply.code == 0 && apply.out.contains("; 1 failed."), "\(apply.out)\(apply.err)")
    let (stop, ledger) = try Self.ledger(program)
    #expect(stop["reason"]?.string == "cost" && stop["afterTrials"]?.int ?? 0 > 2, "\(stop)")
    #expect(ledger["milliseconds"]?.int ?? 0 <= 9000)
    #expect(try program.run("verify", "results/one/manifest.json").code == 0)
    let again = try program.run("apply", "e.yaml", "--yes", "--set", failures)
    #expect(again.code == 0 && again.out.contains("\n0 run in this apply"), "\(again.out)")
  }

  @Test("that is smaller is simulated with what is kept back for the confirmation, and with all attempts")
  func simulated() throws {
    // Each trial fails once.
    let script =
      "if [ -e seen$1-$ATTUNE_SEED ]; then sleep 0.2; echo loss=$1; else sleep 0.2; touch seen$1-$ATTUNE_SEED; exit 3; fi"
    let program = try Self.program(script, seconds: 3600)
    defer { program.remove() }
    let more = ["trial.failures.exit={retries: 1, wait: 1ms}", "confirm={top: 1, repeats: 2}"].flatMap {
      ["--set", $0]
    }
    let apply = try program.run(["apply", "e.yaml", "--yes"] + more)
    #expect(apply.code == 0, "\(apply.err)")
    func simulated(_ seconds: Double) throws -> JSON? {
      let output = try program.run(
        "simulate", "results/one/manifest.json", "--json", "--budget", "cpu_hours: \(seconds / 3600)")
      return try JSON(parsing: output.out.utf8.dropLast())["simulated"]
    }
    // Two runs that confirm, each of two attempts, are kept back, and a first attempt must fit.
    let least = Double(Self.longest * 5) / 1000
    let some = try simulated(least + 2)
    #expect(
      some?["stop"]?.string == "cost" && (2...6).contains(some?["trials"]?.int ?? 0), "\(some?.canonicalText ?? "")")
    let all = try simulated(least + 60)
    #expect(all?["stop"]?.string == "exhausted" && all?["trials"]?.int == 10, "\(all?.canonicalText ?? "")")
  }

  @Test("is kept where a trial that is being killed is told to end once more")
  func toldTwice() throws {
    let program = try Self.program("trap '' TERM; touch begun; sleep 40; sleep 40", seconds: 7.02)
    defer { program.remove() }
    let running = try program.start(["apply", "e.yaml", "--yes"])
    #expect(eventually { program.exists("begun") })
    usleep(4_500_000)
    running.send(SIGTERM)
    _ = try running.wait()
    let plan = try program.run("plan", "e.yaml").out
    let used = plan.split(separator: "\n").first { $0.contains("CPU-hours, ") }?.split(separator: " ")
      .compactMap { Double($0) }
    #expect(used?.count ?? 0 >= 2 && (used?[1] ?? 1) <= 7.02 / 3600, "\(plan)")
  }

  @Test("that is what the compiler demands at least suffices for a trial")
  func rounding() throws {
    let program = try Program.oneParameter(
      "echo loss=$1", budget: ", cpu_hours: 0.755", trial: ", timeout: 15m, resources: {cpus: 3}")
    defer { program.remove() }
    #expect(try program.run("check", "e.yaml").code == 0)
    let less = try program.run("check", "e.yaml", "--set", "budget.cpu_hours=0.754")
    #expect(less.err.contains("raise it to 0.755 at least"), "\(less)")
    let plan = try program.run("plan", "e.yaml").out
    #expect(plan.contains("each could take 0.755"), "\(plan)")
  }
}
