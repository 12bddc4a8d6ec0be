// Prints what each strategy decides in some searches, as a digest a line. Compiled together with the sources of Search, so
// that it can be built in every way that must give the same bits: see `run`.

/// FNV-1a: Fowler, Noll, Vo, 1991.
struct Checksum {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(_ bits: UInt64) {
    for shift in stride(from: 0, to: 64, by: 8) {
      value = (value ^ (bits >> UInt64(shift) & 0xFF)) &* 0x100_0000_01b3
    }
  }

  mutating func add(_ point: Point) {
    for value in point.values {
      switch value {
      case .float(let number)?: add(number.bitPattern)
      case .int(let number)?: add(UInt64(bitPattern: Int64(number)))
      case .bool(let flag)?: add(flag ? 1 : 0)
      case .string(let text)?: for byte in text.utf8 { add(UInt64(byte)) }
      case nil: add(.max)
      }
    }
  }
}

let float = Parameter(name: "rate", domain: .float(FloatRange(lower: 1e-5, upper: 1, scale: .log)))
let plain = Space((0..<4).map { Parameter(name: "x\($0)", domain: .float(FloatRange(lower: -1, upper: 2))) })
let mixed = Space([
  float,
  Parameter(name: "width", domain: .int(IntRange(lower: 1, upper: 512, scale: .log))),
  Parameter(name: "dropout", domain: .float(FloatRange(lower: 0, upper: 0.5, step: 0.05))),
  Parameter(name: "kind", domain: .choice([.string("a"), .string("b"), .string("c")])),
  Parameter(
    name: "momentum", domain: .float(FloatRange(lower: 0.5, upper: 0.99)),
    condition: .compare(.equal, .name("kind"), .constant(.string("b"))), prior: .normal(mean: 0.9, spread: 0.1)),
])

/// A bowl over whatever the parameters are, of elementary operations alone.
func losses(_ point: Point, _ count: Int) -> [Double] {
  (0..<count).map { objective in
    var sum = 0.0
    for (index, value) in point.values.enumerated() {
      let number: Double =
        switch value {
        case .float(let number)?: number
        case .int(let number)?: Double(number) / 512
        case .string(let text)?: text == "b" ? 0 : 0.5
        case .bool?, nil: 0.25
        }
      let distance = number - 0.3 - 0.2 * Double(objective) - 0.05 * Double(index)
      sum += distance * distance
    }
    return sum
  }
}

/// Makes 48 decisions; each 9th trial fails.
func checksum(_ strategy: StrategyChoice, _ space: Space, objectives: Int, lanes: Int, seed: UInt64) -> UInt64 {
  var settings = SearchSettings(
    space: space, goals: Array(repeating: .minimize, count: objectives), strategy: strategy, seed: seed, lanes: lanes,
    trials: 48)
  settings.seeksFront = objectives == 2
  settings.softensTail = true
  var schedule = Schedule(settings)
  var checksum = Checksum()
  var actions = schedule.next(.room(for: 1))
  while case .run(let trial, let point)? = actions.first {
    checksum.add(point)
    let outcome: Outcome = trial % 9 == 4 ? .failed : .values(losses(point, objectives))
    actions = schedule.next(.finished(trial: trial, outcome)) + schedule.next(.room(for: 1))
  }
  return checksum.value
}

for strategy in StrategyChoice.named where strategy != .grid && strategy != .auto {
  for (name, space) in [("plain", plain), ("mixed", mixed)] {
    for (objectives, lanes) in [(1, 1), (1, 5), (2, 1)] {
      let value = checksum(strategy, space, objectives: objectives, lanes: lanes, seed: 42)
      print(strategy.name, name, objectives, lanes, String(value, radix: 16))
    }
  }
}
