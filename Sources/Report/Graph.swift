package import Artifacts
internal import Search

/// The plan's steps and what must come before them, for tools that draw.
package struct Graph {
  private let document: PlanDocument

  package init(_ document: PlanDocument) { self.document = document }

  /// The language of Graphviz.
  package var dot: String {
    let nodes = steps.map { "  \(node($0.name)) [label=\"\(escape(label(of: $0), quote: "\\\"", line: "\\n"))\"];" }
    let edges = steps.flatMap { step in step.after.map { "  \(node($0)) -> \(node(step.name));" } }
    let name = escape(document.plan.name, quote: "\\\"", line: " ")
    return (["digraph \"\(name)\" {", "  rankdir=LR;", "  node [shape=box];"] + nodes + edges + ["}"])
      .joined(separator: "\n")
  }

  /// The language of Mermaid, which code hosts draw within Markdown.
  package var mermaid: String {
    let nodes = steps.map { "  \(node($0.name))[\"\(escape(label(of: $0), quote: "#quot;", line: "<br/>"))\"]" }
    let edges = steps.flatMap { step in step.after.map { "  \(node($0)) --> \(node(step.name))" } }
    return (["flowchart LR"] + nodes + edges).joined(separator: "\n")
  }

  private var steps: [PlanStep] { document.plan.steps }

  /// A name that both languages take as it is: `prepare.a-b` is `prepare_a_2d_b`, which no other step is called.
  private func node(_ name: String) -> String {
    name.utf8.map { byte in
      let character = Character(Unicode.Scalar(byte))
      if character.isASCII, character.isLetter || character.isNumber { return String(character) }
      return character == "." ? "_" : "_\(String(byte, radix: 16))_"
    }.joined()
  }

  private func label(of step: PlanStep) -> [String] {
    let plan = document.plan
    switch step.does {
    case .checkInputs: return ["check inputs", Text.count(plan.inputs.count, "file")]
    case .search:
      return ["search: \(plan.search.strategy.name)", Text.count(plan.search.plannedTrials, "trial")] + rules
    case .prepare, .finally:
      let kind: Step.Kind = step.does == .prepare ? .prepare : .finally
      let own = plan.steps(kind).first { Step.path(kind, $0.name) == step.name }
      return [step.name.replacing(".", with: " ", maxReplacements: 1), own?.command ?? ""]
    case .confirm:
      let rule = plan.confirmation
      return ["confirm the best \(rule?.top ?? 0)", "\(rule?.repeats.seeds ?? 0) fresh seeds each"]
    case .select: return ["select the best"] + plan.objectives
    case .writeManifest: return ["write the manifest", "results/\(plan.name)/manifest.json"]
    }
  }

  private var rules: [String] {
    let rules = document.plan.search.stopping.map { rule in
      switch rule {
      case .target(let values): "or target \(values.map { $0.map(Text.number) ?? "–" }.joined(separator: ", "))"
      case .plateau(let trials, _, _): "or plateau of \(trials)"
      case .expectedImprovement(let below, _): "or expected improvement below \(Text.number(below))"
      case .regret(let bound, _, _): "or hardly a regret above \(Text.number(bound))"
      case .failures(.inARow(let most)): "or \(most) failures in a row"
      case .failures(let limit): "or \(limit.words)"
      }
    }
    let ends = document.plan.search.trialRules.map { "trials end by \($0.name)" }
    let usage = document.plan.usage
    let limits = UsageBudget.Account.allCases.compactMap { account in
      usage.limits[account].map { "or \(account.words($0))" }
    }
    return rules + ends + limits + (document.plan.timeLimit.map { ["or \(Text.duration(milliseconds: $0))"] } ?? [])
  }

  private func escape(_ lines: [String], quote: String, line: String) -> String {
    lines.map { escape($0, quote: quote, line: line) }.joined(separator: line)
  }

  private func escape(_ text: String, quote: String, line: String) -> String {
    Text.printable(text).flatMap { $0 == "\"" ? quote : $0 == "\\" ? "\\\\" : String($0) }.map(String.init).joined()
  }
}
