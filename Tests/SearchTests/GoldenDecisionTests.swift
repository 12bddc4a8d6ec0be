import TestSupport
import Testing

@testable import Search

/// The decisions of the strategies that learn, as they are on every machine and in every way of building. A strategy that
/// is changed on purpose gets new numbers here.
@Suite("Decisions have these bits on every machine")
struct GoldenDecisionTests {
  /// A digest of every proposal of a search: FNV-1a over the values' bits.
  private func digest(_ strategy: some AdaptiveStrategy, trials: Int, goals: [Goal]) -> String {
    var (strategy, history) = (strategy, History())
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    while history.trial < trials, let proposal = strategy.propose(after: history) {
      for value in proposal.point.values {
        let bits: UInt64 =
          switch value {
          case .float(let number)?: number.bitPattern
          case .int(let number)?: UInt64(bitPattern: Int64(number))
          case .bool(let flag)?: flag ? 1 : 0
          case .string(let text)?: text.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) }
          case nil: 3
          }
        hash = (hash ^ bits) &* 0x100_0000_01b3
        hash ^= hash >> 32
      }
      history.observed.append(Observation(proposal.point, outcome(proposal.point, history.trial, goals)))
      history.trial += 1
    }
    return String(hash, radix: 16)
  }

  private func outcome(_ point: Point, _ trial: Int, _ goals: [Goal]) -> Outcome {
    if trial % 11 == 5 { return .failed }
    let numbers = point.values.map { $0?.number ?? 0.25 }
    return .values(
      goals.indices.map { goal in numbers.reduce(0) { ($0 * 0.5) + ($1 - Double(goal)) * ($1 - Double(goal)) } })
  }

  @Test("The tree-structured Parzen estimator")
  func tpe() {
    #expect(
      digest(
        TPESearch(space: .mixed, goals: [.minimize], seed: 1, trials: 60, lanes: 1), trials: 60, goals: [.minimize])
        == "26406addca722e1")
    let two: [Goal] = [.minimize, .minimize]
    #expect(
      digest(TPESearch(space: .mixed, goals: two, seed: 1, trials: 60, lanes: 1), trials: 60, goals: two)
        == "3e9b89517b01bc18")
  }

  @Test("CMA-ES")
  func cmaes() {
    #expect(
      digest(
        CMAESSearch(space: .mixed, goals: [.minimize], seed: 1, trials: 200, lanes: 1), trials: 200, goals: [.minimize])
        == "6ce9e98d312f108e")
  }

  @Test("Evolution")
  func evolution() {
    #expect(
      digest(
        EvolutionSearch(space: .mixed, goals: [.minimize], seed: 1, trials: 100, lanes: 1), trials: 100,
        goals: [.minimize]) == "158789abf49134e0")
    let two: [Goal] = [.minimize, .minimize]
    #expect(
      digest(EvolutionSearch(space: .mixed, goals: two, seed: 1, trials: 100, lanes: 1), trials: 100, goals: two)
        == "52fa0ba6641a14f3")
  }
}
