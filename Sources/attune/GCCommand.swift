internal import ArgumentParser
internal import Artifacts
internal import Execution
internal import Report

struct GCCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gc", abstract: "Says what can be deleted of a project's .attune folder, and deletes it when told.",
    discussion: """
      Results and recorded outcomes are never touched: no trial runs again for it. What goes is what trials have printed \
      and left in their folders, and copies of older journals. Damaged journals that `attune doctor --rebuild` has kept go \
      only with --all: what could not be read of them may be nowhere else.
      """)

  @OptionGroup var argument: ProjectArgument

  @Flag(help: "Delete what belongs to no manifest and no last run, and the copies of older journals.")
  var delete = false

  @Flag(help: "With --delete: the folders of all trials, and damaged journals.")
  var all = false

  func validate() throws {
    if all, !delete { throw ValidationError("--all goes with --delete.") }
  }

  func run() throws {
    try reporting(argument.place) {
      let garbage = try Garbage(of: argument.project())
      let kinds = Garbage.Kind.allCases.filter { garbage.items[$0] != nil }
      guard !kinds.isEmpty else { return Console.print("There is nothing to delete.") }
      let goes = kinds.filter { all || !$0.isKept }
      if delete { try garbage.delete(goes) }
      let rows = kinds.map { kind in
        [
          Text.grouped(garbage.items[kind]?.count ?? 0), name(of: kind), Text.bytes(garbage.bytes(of: kind)),
          goes.contains(kind) ? (delete ? "deleted" : "can go") : "kept: --delete --all deletes them too",
        ]
      }
      for line in Text.table(rows, indent: "") { Console.print(line) }
      if !delete, !goes.isEmpty { Console.note("help: `attune gc --delete` deletes what can go") }
    }
  }

  private func name(of kind: Garbage.Kind) -> String {
    switch kind {
    case .strayTrials: "folders of trials that nothing refers to"
    case .trials: "folders of trials"
    case .reproductions: "folders of reproductions"
    case .journals: "copies of older journals"
    case .damagedJournals: "damaged journals"
    }
  }
}
