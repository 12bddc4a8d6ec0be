import Artifacts
import Foundation
import Search
import TestSupport
import Testing

@testable import Report

@Suite("Differences as text")
struct DiffTextTests {
  private func diff(_ before: Plan, _ after: Plan) -> ExperimentDiff {
    ExperimentDiff(
      DiffSide(label: "a", kind: .plan, plan: PlanDocument(before)),
      DiffSide(label: "b", kind: .plan, plan: PlanDocument(after)))
  }

  @Test("Every part that differs has a line, of any two plans", arguments: 0..<200 as Range<UInt64>)
  func complete(seed: UInt64) {
    let diff = diff(.random(seed: seed), .random(seed: seed + 1))
    let sections = PlanRows(diff.plans, semanticOnly: false).sections
    let shown = diff.plans.edits.filter { $0.path[0] != "experiment" }
    #expect(sections.count == Set(shown.map(\.section)).count, "\(diff.plans.edits)")
    let names = DiffText(diff).lines
    for change in diff.plans.parameters {
      #expect(names.contains { $0.hasPrefix("  ") && $0.dropFirst(4).hasPrefix(Text.printable(change.name)) })
    }
  }

  @Test("Without colours nothing is lost, and with them nothing is added")
  func colours() {
    var plan = Plan.full
    plan.search.seed = 7
    let diff = diff(.full, plan)
    let coloured = DiffText(diff, isColoured: true).lines
    #expect(coloured.contains { $0.hasPrefix("\u{1B}[33m  ~ seed  42 → 7") })
    let plain = coloured.map { $0.replacing(/\u{1B}\[[0-9]*m/, with: "") }
    #expect(plain == DiffText(diff).lines)
  }

  @Test("A page is cut after a line, closes what is open, and says so", arguments: [3, 700, 5000])
  func cut(count: Int) {
    let lines =
      ["<details>", "```text"] + (0..<count).map { "line \($0) \(String(repeating: "ü", count: 40))" } + [
        "```", "</details>",
      ]
    let page = DiffMarkdown.cut(lines, fence: "```")
    #expect(page.utf8.count <= DiffMarkdown.mostCharacters)
    #expect(page.contains("Cut here") == (count == 5000))
    #expect(page.components(separatedBy: "```").count == 3 && page.contains("</details>"))
  }

  @Test("Annotations stand at the lines of what differs, and hold no line of their own")
  func annotations() {
    var plan = Plan.full
    plan.search.seed = 7
    plan.timeLimit = 1
    var parameters = plan.search.space.parameters
    parameters[2].domain = .constant(.int(30))
    plan.search.space = Space(parameters)
    let text = "attune: 1\nparameters:\n  'epochs': 30\n  width: {int: [16, 512]}\nsearch: {seed: 7}\n"
    let diff = ExperimentDiff(
      DiffSide(label: "a", kind: .plan, plan: PlanDocument(.full)),
      DiffSide(label: "b", kind: .experiment, plan: PlanDocument(plan), text: [text], file: "x,y.yaml"))
    let lines = DiffGitHub(diff).lines
    #expect(lines.contains("::notice file=x%2Cy.yaml,line=3,title=Search space::~ epochs: 20 → 30  (another value)"))
    #expect(lines.contains { $0.hasPrefix("::notice file=x%2Cy.yaml,line=5,title=Search::~ seed: 42 → 7") })
    // The text has no budget: the annotation is of the file.
    #expect(lines.contains { $0.hasPrefix("::notice file=x%2Cy.yaml,title=Budget::") })
    #expect(lines.allSatisfy { !$0.contains("\n") })
  }
}
