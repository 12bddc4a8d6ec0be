internal import Artifacts

/// A line of a report on a difference: what differs, from what to what, and what that means.
struct DiffRow: Hashable {
  enum Sign: String {
    case added = "+"
    case removed = "-"
    case changed = "~"
  }

  var sign: Sign
  var name: String
  /// Empty where there is nothing.
  var before: String
  var after: String
  var note = ""

  init(_ name: String, _ before: String?, _ after: String?, note: String = "") {
    sign = before == nil ? .added : after == nil ? .removed : .changed
    self.name = name
    self.before = before ?? ""
    self.after = after ?? ""
    self.note = note
  }

  /// What is no change of a value.
  static func note(_ name: String, _ text: String) -> DiffRow { DiffRow(name, "", "", note: text) }

  /// In one line, without the sign and the name.
  var words: String {
    let isNote = before.isEmpty && after.isEmpty
    if isNote { return note }
    let change = sign == .changed ? "\(before) → \(after)" : before + after
    return note.isEmpty ? change : "\(change)  (\(note))"
  }
}

/// A part of a report, with its rows.
struct DiffSection {
  var title: String
  /// The part of the experiment that it is about; nil of results.
  var part: PlanEdit.Section?
  var rows: [DiffRow]
}

extension PlanEdit.Section {
  /// Its key in experiments.
  var key: String {
    switch self {
    case .objective: "objective"
    case .space: "parameters"
    case .search: "search"
    case .stopping: "stopping"
    case .budget: "budget"
    case .trial: "trial"
    case .inputs: "inputs"
    case .steps: "confirm"
    case .naming: "name"
    }
  }
}
