import TestSupport
import Testing

@testable import Search

@Suite("Stopping rules")
struct StoppingTests {
  /// The number of the trial after which the rule fires; nil when it does not.
  private func stall(
    _ outcomes: [Outcome], patience: Int, improvement: Double = 0, goal: Goal = .minimize
  ) -> Int? {
    var watch = PlateauWatch(patience: patience, improvement: improvement, goals: [goal])
    return outcomes.firstIndex { watch.stalls(after: $0, isBest: false) }
  }

  private func values(_ values: Double...) -> [Outcome] { values.map(Outcome.value) }

  @Test("A plateau fires after so many trials in a row without an improvement")
  func patience() {
    #expect(stall(values(5, 5, 5, 5), patience: 3) == 3)
    #expect(stall(values(5, 6, 6, 4, 6, 6, 6), patience: 3) == 6)
    #expect(stall(values(5, 4, 3, 2, 1), patience: 1) == nil)
    #expect(stall(values(1, 1), patience: 1) == 1)
  }

  @Test("A value that is no better by more than the improvement counts as none")
  func minimumDelta() {
    #expect(stall(values(1, 0.5, 0.25), patience: 1, improvement: 0.5) == 1)
    #expect(stall(values(1, 0.25, 0), patience: 1, improvement: 0.5) == 2)
    #expect(stall(values(1, 0.25, -0.5), patience: 1, improvement: 0.5) == nil)
  }

  @Test("Small steps add up to an improvement")
  func smallSteps() {
    #expect(stall(values(1, 0.75, 0.5, 0.25, 0, -0.25), patience: 3, improvement: 0.5) == nil)
    #expect(stall(values(1, 0.75, 0.5, 0.25), patience: 2, improvement: 0.5) == 2)
  }

  @Test("Trials that fail count, and nothing does before the first value")
  func failures() {
    #expect(stall([.failed, .failed, .failed], patience: 2) == nil)
    #expect(stall([.failed, .failed, .value(1), .failed, .value(2)], patience: 2) == 4)
    #expect(stall([.value(1), .failed, .failed], patience: 2) == 2)
  }

  @Test("A plateau of a maximum looks the other way")
  func maximum() {
    #expect(stall(values(1, 2, 3, 4), patience: 1, goal: .maximize) == nil)
    #expect(stall(values(1, 0, -1), patience: 2, goal: .maximize) == 2)
    #expect(stall(values(1, 1.5, 1.75), patience: 2, improvement: 0.5, goal: .maximize) == nil)
    #expect(stall(values(1, 1.5, 1.5), patience: 2, improvement: 0.5, goal: .maximize) == 2)
  }

  @Test("A target is reached by an equal value and by a better one")
  func target() {
    #expect(Goal.minimize.reaches(0.1, target: 0.1) && Goal.minimize.reaches(0.05, target: 0.1))
    #expect(!Goal.minimize.reaches(0.1.nextUp, target: 0.1))
    #expect(Goal.maximize.reaches(0.9, target: 0.9) && Goal.maximize.reaches(1, target: 0.9))
    #expect(!Goal.maximize.reaches(0.9.nextDown, target: 0.9))
  }

  @Test("A goal prefers what is strictly better")
  func preference() {
    #expect(Goal.minimize.prefers(1, to: 2) && !Goal.minimize.prefers(2, to: 1) && !Goal.minimize.prefers(1, to: 1))
    #expect(Goal.maximize.prefers(2, to: 1) && !Goal.maximize.prefers(1, to: 2) && !Goal.maximize.prefers(1, to: 1))
  }
}
