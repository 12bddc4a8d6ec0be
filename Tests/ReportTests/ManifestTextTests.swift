import Artifacts
import Search
import TestSupport
import Testing

@testable import Report

@Suite("A result as people read it")
struct ManifestTextTests {
  private func text(_ change: (inout ManifestContent) -> Void = { _ in }) -> String {
    var manifest = Manifest.full
    change(&manifest.content)
    return ManifestText(manifest).lines.joined(separator: "\n")
  }

  @Test("The best configuration, whole")
  func whole() {
    let expected = """
      Best configuration: trial 3, val_error 0.025 (the defaults gave 0.05: 50% lower)
          batch          32
          dropout        0.35
          epochs         20
          learning_rate  0.03372383073531991
          width          22

      Ended after 12 trials: the budget allows no more; 2 failed.
      """
    #expect(text() == expected)
  }

  private func first(best: Double, baseline: Double?, baselineTrial: Int = 0) -> String {
    text { content in
      content.best[0].values = [best]
      content.baseline = baseline.map { Incumbent(trial: baselineTrial, value: $0) }
    }.prefix { $0 != "\n" }.description
  }

  @Test("The best is compared with the defaults where that makes sense")
  func comparison() {
    let head = "Best configuration: trial 3, val_error"
    #expect(first(best: 0.5, baseline: nil) == "\(head) 0.5")
    #expect(first(best: 0.5, baseline: 1) == "\(head) 0.5 (the defaults gave 1: 50% lower)")
    #expect(first(best: 1.5, baseline: 1) == "\(head) 1.5 (the defaults gave 1: 50% higher)")
    #expect(first(best: -2, baseline: -1) == "\(head) -2 (the defaults gave -1: 100% lower)")
    #expect(first(best: -1, baseline: 1) == "\(head) -1 (the defaults gave 1)")
    #expect(first(best: 0.5, baseline: 0) == "\(head) 0.5 (the defaults gave 0)")
    #expect(first(best: 0, baseline: 2) == "\(head) 0 (the defaults gave 2: 100% lower)")
    #expect(first(best: 0.5, baseline: 0.5, baselineTrial: 3) == "\(head) 0.5 (the defaults; nothing was better)")
  }

  @Test("Without a completed trial there is no best")
  func none() {
    let text = text { content in
      (content.best, content.baseline, content.completed) = ([], nil, 0)
      content.conclusion = Conclusion(trials: 1, reason: .time, best: nil)
    }
    #expect(
      text
        == "No trial completed: there is no best configuration.\n\nEnded after 1 trial: the budget's time was up; 1 failed."
    )
  }

  @Test("Why it stopped")
  func reasons() {
    func last(_ reason: StopReason) -> Substring? {
      text { ($0.conclusion.reason, $0.completed) = (reason, 12) }.split(separator: "\n").last
    }
    #expect(last(.trials) == "Ended after 12 trials: the budget allows no more.")
    #expect(last(.exhausted) == "Ended after 12 trials: these are all the points.")
    #expect(last(.target) == "Ended after 12 trials: the last one reached the target.")
    #expect(last(.plateau) == "Ended after 12 trials: no improvement for too long.")
    #expect(last(.time) == "Ended after 12 trials: the budget's time was up.")
  }
}
