import Search
import TestSupport
import Testing

@testable import Artifacts

@Suite("The plan document")
struct PlanDocumentTests {
  @Test("Plans of every feature are the same after writing and reading")
  func roundTrip() throws {
    let plans = [Plan.small, .full] + (0..<200).map { Plan.random(seed: $0) }
    for (index, plan) in plans.enumerated() {
      let document = PlanDocument(plan)
      let read = try PlanDocument(fileBytes: document.fileBytes)
      #expect(read.plan == plan, "plan \(index)")
      #expect(read == document, "plan \(index)")
    }
  }

  @Test("Equal plans have equal bytes, and different ones different digests")
  func digests() {
    let plans = (0..<200).map { Plan.random(seed: $0) }
    #expect(Set(plans.map { PlanDocument($0).digest }).count == Set(plans).count)
    #expect(PlanDocument(.random(seed: 4)).fileBytes == PlanDocument(.random(seed: 4)).fileBytes)
  }

  @Test("A change of any byte of a plan file is refused or gives another digest", arguments: [Plan.small, .full])
  func everyByte(plan: Plan) throws {
    let document = PlanDocument(plan)
    let bytes = document.fileBytes
    for index in bytes.indices {
      for byte in Mutation.bytes(for: bytes[index], at: index) {
        var changed = bytes
        changed[index] = byte
        guard let read = try? PlanDocument(fileBytes: changed) else { continue }
        try #require(read.digest != document.digest, "byte \(index) changed to \(byte)")
        // What is accepted can be carried out: no argument refers to what is not there.
        let point = read.plan.search.knownPoints[0]
        _ = read.plan.trial.arguments(for: point, in: read.plan.search.space, seed: 1, folder: ".")
      }
    }
  }

  @Test("A plan file that is cut short or longer is refused")
  func lengths() {
    let bytes = PlanDocument(.small).fileBytes
    for count in 0..<bytes.count {
      #expect(throws: DocumentError.self) { try PlanDocument(fileBytes: Array(bytes.prefix(count))) }
    }
    #expect(throws: DocumentError.self) { try PlanDocument(fileBytes: bytes + [0x0a]) }
    #expect(throws: DocumentError.self) { try PlanDocument(fileBytes: [0x20] + bytes) }
  }

  @Test(
    "What no plan can say is refused",
    arguments: [
      ("\"parallel\":1", "\"parallel\":0"), ("\"trials\":3", "\"trials\":0"), ("\"trials\":3", "\"trials\":10000001"),
      ("\"lanes\":1", "\"lanes\":0"), ("\"seed\":0", "\"seed\":-1"), ("\"seed\":0", "\"seed\":0.5"),
      ("[{\"parameters\":\"all\"}]", "[{\"parameter\":\"none\"}]"),
      ("[{\"parameters\":\"all\"}]", "[\"a\",{\"parameters\":\"all\"}]"),
      ("\"minimize\"", "\"improve\""), ("\"grid\"", "\"annealing\""), ("plan/v1", "plan/v2"),
      ("\"metrics\":\"auto\"", "\"metrics\":\"jsno\""),
      ("\"metrics\":\"auto\"", "\"metrics\":{\"from\":\"csv\",\"path\":\"../a.csv\"}"),
      ("\"metrics\":\"auto\"", "\"metrics\":{\"from\":\"file\",\"path\":\"a\"}"),
      ("\"metrics\":\"auto\"", "\"metrics\":{\"from\":\"stdout\",\"pattern\":\"{loss\"}"),
      ("[0.1,0.01,0.001]", "[0.1,0.01,0.1]"),
      ("[\"python\",\"train.py\",[{\"parameters\":\"all\"}]]", "[]"),
    ])
  func refused(old: String, new: String) throws {
    let text = String(decoding: PlanDocument(.small).fileBytes, as: UTF8.self)
    let parts = text.split(separator: old, maxSplits: 1, omittingEmptySubsequences: false)
    try #require(parts.count == 2, "\(old) is not in the plan: \(text)")
    let json = try JSON(document: Array(parts.joined(separator: new).utf8))
    #expect(throws: DocumentError.self) { try PlanDocument(json: json) }
  }

  @Test("A plan with a stopping rule or a limit of time that cannot be is refused")
  func refusedLimits() throws {
    var plan = Plan.small
    plan.timeLimit = 0
    #expect(throws: DocumentError.self) { try PlanDocument(fileBytes: PlanDocument(plan).fileBytes) }
    plan = .small
    plan.trial.timeout = -1
    #expect(throws: DocumentError.self) { try PlanDocument(fileBytes: PlanDocument(plan).fileBytes) }
    plan = .small
    plan.search.stopping = [.plateau(trials: 0, improvement: 0)]
    #expect(throws: DocumentError.self) { try PlanDocument(fileBytes: PlanDocument(plan).fileBytes) }
  }

  /// A plan whose second parameter is there for one value of the first.
  private static let conditional: Plan = {
    var plan = Plan.small
    plan.search.space = Space(
      [
        Parameter(name: "m", domain: .choice([.string("a"), .string("b")]), prior: .weights([1, 2]), isOrdered: true),
        Parameter(
          name: "x", domain: .float(FloatRange(lower: 0, upper: 1)), defaultValue: .float(0.5),
          condition: .compare(.equal, .name("m"), .constant(.string("b"))), prior: .normal(mean: 0.5, spread: 0.25)),
      ], constraints: [.compare(.less, .name("x"), .constant(.float(0.75)))])
    plan.metrics = ["loss", "acc"]
    plan.search.goals = [.minimize, .maximize]
    plan.search.strategy = .list([Point([.string("a"), nil]), Point([.string("b"), .float(0.25)])])
    plan.search.stopping = [.target([nil, 0.5])]
    plan.search.trials = 2
    plan.trial.repeats = Repeats(seeds: 3, aggregate: .median)
    return plan
  }()

  @Test(
    "Conditions, priors and several objectives are refused where they are malformed",
    arguments: [
      ("[\"==\",{\"name\":\"m\"},\"b\"]", "[\"==\",{\"name\":\"x\"},\"b\"]"),
      ("[\"==\",{\"name\":\"m\"},\"b\"]", "[\"==\",{\"name\":\"none\"},\"b\"]"),
      ("[\"==\",{\"name\":\"m\"},\"b\"]", "[\"is\",{\"name\":\"m\"},\"b\"]"),
      ("[\"<\",{\"name\":\"x\"},0.75]", "[\"<\",{\"name\":\"y\"},0.75]"), ("[0.5,0.25]", "[0.5,0]"),
      ("[0.5,0.25]", "[0.5]"),
      ("\"weights\":[1,2]", "\"weights\":[1,-2]"), ("\"weights\":[1,2]", "\"weights\":[1,2,3]"),
      ("\"weights\":[1,2]", "\"normal\":[1,2]"), ("\"default\":0.5", "\"default\":1.5"),
      ("{\"m\":\"a\"}", "{\"m\":\"a\",\"x\":0.5}"), ("{\"m\":\"b\",\"x\":0.25}", "{\"m\":\"b\"}"),
      ("{\"m\":\"b\",\"x\":0.25}", "{\"m\":\"b\",\"x\":2}"), ("\"target\":[null,0.5]", "\"target\":[0.5]"),
      ("\"target\":[null,0.5]", "\"target\":[null,null]"), ("\"target\":[null,0.5]", "\"target\":0.5"),
      ("\"seeds\":3", "\"seeds\":0"), ("\"seeds\":3", "\"seeds\":1001"), ("\"median\"", "\"mode\""),
      ("[{\"goal\":\"minimize\",\"metric\":\"loss\"},{\"goal\":\"maximize\",\"metric\":\"acc\"}]", "[]"),
    ])
  func refusedConditions(old: String, new: String) throws {
    let text = String(decoding: PlanDocument(Self.conditional).fileBytes, as: UTF8.self)
    #expect(try PlanDocument(json: JSON(document: Array(text.utf8))).plan == Self.conditional)
    try #require(text.contains(old), "\(old) is not in the plan: \(text)")
    let json = try JSON(document: Array(text.replacing(old, with: new).utf8))
    #expect(throws: DocumentError.self) { try PlanDocument(json: json) }
  }

  @Test("Conditions that go round in a circle are refused, and so is a space that draws cannot find")
  func refusedSpaces() {
    func refuses(_ space: Space, _ strategy: StrategyChoice) -> Bool {
      var plan = Plan.small
      plan.search.space = space
      plan.search.strategy = strategy
      plan.search.trials = 1
      // The trials of such a plan cannot be computed: they are put in by hand.
      let text = String(decoding: PlanDocument(.small).fileBytes, as: UTF8.self)
      let parameters = String(decoding: PlanDocument(.small).json["parameters"]?.canonicalBytes ?? [], as: UTF8.self)
      let own = JSON.array(space.parameters.map(\.json)).canonicalText
      let constraints = JSON.array(space.constraints.map(\.json)).canonicalText
      let changed = text.replacing(parameters, with: own).replacing("grid", with: strategy.name)
        .replacing("\"budget\"", with: "\"constraints\":\(constraints),\"budget\"")
      guard let json = try? JSON(document: Array(changed.utf8)) else { return false }
      return (try? PlanDocument(json: json)) == nil
    }
    func number(_ name: String, _ condition: Expression? = nil) -> Parameter {
      Parameter(name: name, domain: .int(IntRange(lower: 0, upper: 99)), condition: condition)
    }
    func isOne(_ name: String) -> Expression { .compare(.equal, .name(name), .constant(.int(1))) }
    #expect(refuses(Space([number("a", isOne("b")), number("b", isOne("a"))]), .grid))
    #expect(!refuses(Space([number("a", isOne("b")), number("b")]), .grid))
    // One point in a million: a grid finds it, draws do not.
    let rare = Space([number("a"), number("b"), number("c")], constraints: ["a", "b", "c"].map(isOne))
    #expect(refuses(rare, .random) && refuses(rare, .sobol) && !refuses(rare, .grid))
  }

  @Test("Up to 1,000 trials stand in the plan one by one; of more there are a count and a digest")
  func listed() {
    var plan = Plan.full
    for (trials, isListed) in [(1000, true), (1001, false)] {
      plan.search.trials = trials
      let json = PlanDocument(plan).json["trials"]
      #expect(json?["count"]?.int == trials)
      #expect(json?["points"]?.array?.count == (isListed ? trials : nil))
      #expect(json?["digest"]?.string.flatMap { Digest($0) } != nil)
    }
  }

  @Test("The steps are a chain from the inputs to the manifest")
  func steps() {
    let steps = Plan.small.steps
    #expect(steps.map(\.name) == ["inputs", "search", "select", "manifest"])
    #expect(steps.map(\.after) == [[], ["inputs"], ["search"], ["select"]])
  }

  @Test("Variables of the environment keep their order by bytes, where UTF-16 would have another")
  func environmentOrder() throws {
    var plan = Plan.small
    plan.trial.environment = [.init(name: "\u{fb00}", value: "1"), .init(name: "\u{1f600}", value: "2")]
    #expect(try PlanDocument(fileBytes: PlanDocument(plan).fileBytes).plan == plan)
  }

  @Test("The differences of two plans are named part by part and input by input")
  func differences() {
    let old = PlanDocument(.full)
    #expect(old.differences(to: old).isEmpty)
    var plan = Plan.full
    plan.parallel = 5
    plan.trial.timeout = nil
    #expect(old.differences(to: PlanDocument(plan)) == ["`budget` of the experiment", "`trial` of the experiment"])
    plan = .full
    plan.inputs[0].digest = Digest(of: "file", [1])
    plan.inputs[1].path = "other.py"
    let inputs = ["the input data/x.csv", "the input other.py, which is new", "the input train.py, which is gone"]
    #expect(old.differences(to: PlanDocument(plan)) == inputs)
  }

  @Test("A point becomes an argument vector, one argument for each template")
  func arguments() {
    let plan = Plan.full
    let arguments = plan.trial.arguments(
      for: plan.search.initialPoints[0], in: plan.search.space, seed: 77, folder: "/t/1")
    let parameters = [
      "--batch", "16", "--dropout", "0.15", "--epochs", "20", "--learning_rate", "0.001", "--width", "64",
    ]
    #expect(arguments == ["python", "train.py"] + parameters + ["--out=/t/1", "77", "64px"])
  }

  @Test("A float's text has a point or an exponent, and no other value's is changed")
  func valueTexts() {
    let float = Domain.float(FloatRange(lower: 0, upper: 1e30))
    let choice = Domain.choice([.int(1)])
    #expect(
      [1, 0.5, 1e21, 1e-7, 100].map { Value.float($0).text(in: float) } == ["1.0", "0.5", "1e+21", "1e-7", "100.0"])
    #expect(Value.int(3).text(in: choice) == "3" && Value.float(0.5).text(in: choice) == "0.5")
    #expect(Value.bool(true).text(in: choice) == "true" && Value.string("a b").text(in: choice) == "a b")
  }
}

/// Bytes to put in the place of one.
enum Mutation {
  /// A neighbour, another case, and in turn the bytes that mean something in JSON; for a digit another in turn.
  static func bytes(for byte: UInt8, at index: Int) -> Set<UInt8> {
    let letters = Array("0129-.e\"\\{}[],:aZ \n".utf8)
    let digits = Array("0123456789".utf8)
    let other = digits.contains(byte) ? digits[index % digits.count] : letters[index % letters.count]
    var bytes: Set<UInt8> = [byte ^ 1, byte ^ 0x20, other]
    bytes.remove(byte)
    return bytes
  }
}
