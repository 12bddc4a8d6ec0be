internal import Artifacts
internal import Glibc

/// What is known of a step, in a file of its folder: that it was begun, before it is; and how it ended, when it has.
///
/// The step itself is named by its key, so a record never says something of another command or other inputs.
struct StepRecord {
  enum State: String {
    case running
    case completed
    case failed
  }

  /// Such as `prepare.features`.
  var step: String
  /// The experiment file's path in the project.
  var experiment: String
  var key: Digest
  var state: State
  /// How often it was begun.
  var attempts: Int
  /// What it made, by path, when it ended well last.
  var outputs: [String: Digest] = [:]
  /// What the steps that it comes after had made by then, by path; nil where nothing is known of that.
  var used: [String: Digest]?

  static let schema = "attune/step/v1"

  /// That of a step's folder; nil where there is none, or it is not whole: the step is run again then.
  init?(folder: String) {
    guard let bytes = try? File.read(Self.path(folder)), let json = try? JSON(document: bytes),
      json["schema"]?.string == Self.schema, let step = json["step"]?.string,
      let experiment = json["experiment"]?.string, let key = json["key"]?.string.flatMap({ Digest($0) }),
      let state = json["state"]?.string.flatMap({ State(rawValue: $0) }), let attempts = json["attempts"]?.int
    else { return nil }
    (self.step, self.experiment, self.key, self.state, self.attempts) = (step, experiment, key, state, attempts)
    guard let outputs = Self.digests(json["outputs"]) else { return nil }
    self.outputs = outputs
    used = json["used"].flatMap { Self.digests($0) }
  }

  private static func json(_ digests: [String: Digest]) -> JSON {
    .object(digests.map { JSON.Member($0.key, .string($0.value.description)) })
  }

  private static func digests(_ json: JSON?) -> [String: Digest]? {
    var digests: [String: Digest] = [:]
    for member in json?.members ?? [] {
      guard let digest = member.value.string.flatMap({ Digest($0) }) else { return nil }
      digests[member.name] = digest
    }
    return digests
  }

  init(step: String, experiment: String, key: Digest, state: State, attempts: Int) {
    (self.step, self.experiment, self.key, self.state, self.attempts) = (step, experiment, key, state, attempts)
  }

  /// Durable when it returns.
  func write(to folder: String) throws {
    let json = JSON.object([
      "schema": .string(Self.schema), "step": .string(step), "experiment": .string(experiment),
      "key": .string(key.description), "state": .string(state.rawValue), "attempts": .int(attempts),
      "outputs": Self.json(outputs), "used": used.map(Self.json),
    ])
    try File.replace(Self.path(folder), with: json.canonicalBytes + [UInt8(ascii: "\n")])
  }

  /// Whether the step has ended well, from what those before it have made, and what it made is there as it was then.
  ///
  /// - Parameter used: what the steps that it comes after have made, by path.
  func isCurrent(_ step: Step, key: Digest, using used: [String: Digest], in folder: String) -> Bool {
    self.key == key && state == .completed && self.used ?? used == used
      && step.outputs.allSatisfy { path in
        outputs[path].map { $0 == Self.digest(of: Path.join(folder, path)) } ?? false
      }
  }

  private static func path(_ folder: String) -> String { Path.join(folder, "record.json") }

  /// Of a file, or of all that lies below a folder; nil where there is nothing. Links to folders are not followed: where they lead
  /// may be above them.
  static func digest(of path: String) -> Digest? {
    switch File.kind(of: path) {
    case .file: return try? File.digest(of: path).digest
    case .folder where File.isLink(path):
      var target = [CChar](repeating: 0, count: Int(PATH_MAX))
      let count = readlink(path, &target, target.count)
      return count < 0 ? nil : Digest(of: "link", target[..<count].map { UInt8(bitPattern: $0) })
    case .folder:
      guard let names = try? File.names(in: path) else { return nil }
      var members: [JSON.Member] = []
      for name in names {
        guard let digest = digest(of: Path.join(path, name)) else { return nil }
        members.append(JSON.Member(name, .string(digest.description)))
      }
      return Digest(of: "folder", JSON.object(members).canonicalBytes)
    case .other, nil: return nil
    }
  }
}

extension [String: [String: Digest]] {
  /// What the steps that one comes after have made, by path: of what each has made, by name.
  func made(before step: Step) -> [String: Digest] {
    step.after.reduce(into: [:]) { all, name in all.merge(self[name] ?? [:]) { first, _ in first } }
  }
}

extension Project {
  /// A step's own folder: the same for all its attempts.
  func stepFolder(of key: Digest) -> TrialFolder { TrialFolder(Path.join(stepsFolder, String(key.hex.prefix(16)))) }

  private var stepsFolder: String { Path.join(stateFolder, "steps") }

  /// Where the output is of the step of a name, or `prepare.NAME`, that was begun last.
  ///
  /// - Parameter experiment: whether it is one of the project's experiment; else it is one of any.
  package func stepOutput(of name: String, ofExperiment experiment: Bool) -> (
    folder: String, output: String, errors: String
  )? {
    let folders = ((try? File.names(in: stepsFolder)) ?? []).map { TrialFolder(Path.join(stepsFolder, $0)) }
    let own = folders.filter { folder in
      guard let record = StepRecord(folder: folder.path), !experiment || record.experiment == experimentPath else {
        return false
      }
      return record.step == name || Step.Kind.allCases.contains { record.step == Step.path($0, name) }
    }
    func age(_ folder: TrialFolder) -> Double { File.modificationTime(of: folder.output) ?? 0 }
    return own.max { age($0) < age($1) }.map { ($0.path, $0.output, $0.errors) }
  }

  /// The steps of a kind that a plan has and that would not be run again.
  func currentSteps(_ kind: Step.Kind, of plan: Plan, result: Digest? = nil) -> Set<String> {
    let keys = plan.stepKeys(kind, result: result)
    var made: [String: [String: Digest]] = [:]
    for step in Step.ordered(plan.steps(kind)) where step.after.allSatisfy({ made[$0] != nil }) {
      guard let key = keys[step.name], let record = StepRecord(folder: stepFolder(of: key).path) else { continue }
      let used = made.made(before: step)
      if record.isCurrent(step, key: key, using: used, in: experimentFolder) { made[step.name] = record.outputs }
    }
    return Set(made.keys)
  }
}
