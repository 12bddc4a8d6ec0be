/// Which of several trials are best, where there are several objectives.
///
/// Everything here takes *losses*: for each trial a vector of what is to be small, finite, and as long as there are
/// objectives.
enum Pareto {
  typealias Losses = [Double]

  /// The values with their signs such that small is good.
  static func losses(_ values: [Double], _ goals: [Goal]) -> Losses {
    zip(values, goals).map { $1 == .minimize ? $0 : -$0 }
  }

  static func dominates(_ a: Losses, _ b: Losses) -> Bool {
    var isBetter = false
    for (x, y) in zip(a, b) {
      if x > y { return false }
      if x < y { isBetter = true }
    }
    return isBetter
  }

  /// The trials in fronts: of each front none dominates another, and each is dominated by one of the front before.
  /// Within a front by their losses, then by number. Of equal trials each is in the same front.
  ///
  /// Deb, Pratap, Agarwal, Meyarivan, "A fast and elitist multiobjective genetic algorithm: NSGA-II", IEEE Trans. Evol.
  /// Comp. 6(2), 2002; in the order of the losses a trial can only be dominated by one before it.
  ///
  /// - Parameter enough: no more fronts are looked for once they have so many trials.
  /// - Returns: the fronts, as places in `losses`. Complexity: O(trials · log trials) with two objectives and O(trials ·
  /// longest front) with more, for each front.
  static func fronts(_ losses: [Losses], enough: Int = .max) -> [[Int]] {
    var left = losses.indices.sorted { isBefore(losses[$0], losses[$1]) ?? ($0 < $1) }
    // Of two objectives, the latest of a front has the least of the second one: if any dominates, it does.
    let toCompare = losses.first?.count ?? 0 <= 2 ? 1 : Int.max
    var fronts: [[Int]] = []
    var count = 0
    while !left.isEmpty, count < enough {
      var (front, rest): ([Int], [Int]) = ([], [])
      for trial in left {
        let isDominated = front.reversed().prefix(toCompare).contains { dominates(losses[$0], losses[trial]) }
        if isDominated { rest.append(trial) } else { front.append(trial) }
      }
      count += front.count
      fronts.append(front)
      left = rest
    }
    return fronts
  }

  /// Whether a comes before b in the order of the first objective, then the second and so on; nil for equal ones.
  private static func isBefore(_ a: Losses, _ b: Losses) -> Bool? {
    for (x, y) in zip(a, b) where x != y { return x < y }
    return nil
  }

  /// The losses of a front with each objective moved to 0 ... 1; 0 where all are equal.
  static func scaled(_ losses: [Losses]) -> [Losses] {
    guard let first = losses.first else { return [] }
    var result = losses
    for objective in first.indices {
      let low = losses.reduce(first[objective]) { min($0, $1[objective]) }
      let high = losses.reduce(first[objective]) { max($0, $1[objective]) }
      // By halves, for the range of what is enormous to be finite.
      let range = high / 2 - low / 2
      for trial in result.indices {
        result[trial][objective] = range > 0 ? (losses[trial][objective] / 2 - low / 2) / range : 0
      }
    }
    return result
  }

  /// For each trial of a front, how far its neighbours in each objective are apart: infinite at the ends (Deb et al. 2002).
  static func crowding(_ losses: [Losses]) -> [Double] {
    let scaled = scaled(losses)
    var distance = [Double](repeating: 0, count: losses.count)
    for objective in scaled.first?.indices ?? 0..<0 {
      let order = scaled.indices.sorted { (scaled[$0][objective], $0) < (scaled[$1][objective], $1) }
      for (place, trial) in order.enumerated() {
        guard place > 0, place + 1 < order.count else {
          distance[trial] = .infinity
          continue
        }
        distance[trial] += scaled[order[place + 1]][objective] - scaled[order[place - 1]][objective]
      }
    }
    return distance
  }
}

// MARK: - Hypervolume

extension Pareto {
  /// The volume of what the points dominate, up to a reference point.
  ///
  /// In two dimensions by a sweep; in more the sum of what each point adds to those after it: While, Bradstreet, Barone,
  /// "A fast way of calculating exact hypervolumes", IEEE Trans. Evol. Comp. 16(1), 2012. Complexity: O(n log n) in two
  /// dimensions, exponential in the number of points at worst in more.
  static func hypervolume(_ points: [Losses], reference: Losses) -> Double {
    let inside = points.filter { point in zip(point, reference).allSatisfy { $0 < $1 } }
    guard let dimension = inside.first?.count else { return 0 }
    if dimension == 1 { return inside.reduce(0) { max($0, reference[0] - $1[0]) } }
    if dimension == 2 { return area(inside, reference) }
    let front = nondominated(inside)
    return front.indices.reduce(0) { sum, index in
      sum + exclusive(front[index], to: front[(index + 1)...], reference)
    }
  }

  /// What a point adds to the hypervolume of others.
  static func exclusive(_ point: Losses, to others: ArraySlice<Losses>, _ reference: Losses) -> Double {
    let box = zip(point, reference).reduce(1) { $0 * max(0, $1.1 - $1.0) }
    let limited = others.map { other in zip(other, point).map { max($0, $1) } }
    return box - hypervolume(limited, reference: reference)
  }

  private static func area(_ points: [Losses], _ reference: Losses) -> Double {
    var (sum, height) = (0.0, reference[1])
    for point in points.sorted(by: { ($0[0], $0[1]) < ($1[0], $1[1]) }) where point[1] < height {
      sum += (reference[0] - point[0]) * (height - point[1])
      height = point[1]
    }
    return sum
  }

  private static func nondominated(_ points: [Losses]) -> [Losses] {
    var front: [Losses] = []
    for point in points.sorted(by: { isBefore($0, $1) ?? false })
    where !front.contains(where: { dominates($0, point) || $0 == point }) {
      front.append(point)
    }
    return front
  }

  /// Chooses `count` of a front so that they dominate much together: one after the other, each time the one that adds
  /// most to the hypervolume. With more than four objectives, the least crowded ones.
  ///
  /// - Returns: places in `losses`, in the order of their choice.
  static func spread(_ losses: [Losses], choose count: Int) -> [Int] {
    guard count < losses.count else { return Array(losses.indices) }
    let objectives = losses.first?.count ?? 0
    guard objectives <= Self.mostObjectives else {
      let crowding = crowding(losses)
      return Array(losses.indices.sorted { (crowding[$1], $0) < (crowding[$0], $1) }.prefix(count))
    }
    let scaled = scaled(losses)
    let left = thinned(scaled, to: max(count, objectives <= 2 ? 2 * Self.mostForVolumes : Self.mostForVolumes))
    let reference = reference(objectives)
    var gains = left.map { exclusive(scaled[$0], to: [], reference) }
    var computed = [Int](repeating: 0, count: left.count)
    var chosen: [Int] = []
    while chosen.count < count {
      let best = gains.indices.reduce(0) { gains[$1] > gains[$0] ? $1 : $0 }
      // A gain only falls as more are chosen; so one that is up to date and the highest is the highest of all.
      if computed[best] == chosen.count {
        chosen.append(left[best])
        gains[best] = -.infinity
      } else {
        gains[best] = exclusive(scaled[left[best]], to: chosen.map { scaled[$0] }[...], reference)
        computed[best] = chosen.count
      }
    }
    return chosen
  }

  /// At most so many of a front, at equal distances in the order of the first objective.
  private static func thinned(_ losses: [Losses], to count: Int) -> [Int] {
    guard losses.count > count else { return Array(losses.indices) }
    let order = losses.indices.sorted { isBefore(losses[$0], losses[$1]) ?? ($0 < $1) }
    return (0..<count).map { order[$0 * (losses.count - 1) / max(1, count - 1)] }
  }

  /// For each trial of a front, what it adds to the hypervolume of the others, as a share of the most that one adds; 1 for
  /// all beyond a size where that is quick.
  static func contributions(_ losses: [Losses]) -> [Double] {
    let objectives = losses.first?.count ?? 0
    guard losses.count <= 2 * Self.mostForVolumes, objectives <= Self.mostObjectives else {
      return [Double](repeating: 1, count: losses.count)
    }
    let scaled = scaled(losses)
    let volumes = scaled.indices.map { index in
      exclusive(scaled[index], to: (scaled[..<index] + scaled[(index + 1)...])[...], reference(objectives))
    }
    let most = volumes.reduce(0, max)
    return volumes.map { most > 0 ? $0 / most : 1 }
  }

  /// Beyond the worst of a scaled front, so that its ends count too.
  private static func reference(_ objectives: Int) -> Losses { [Double](repeating: 1.1, count: objectives) }

  private static let mostForVolumes = 40
  private static let mostObjectives = 4
}
