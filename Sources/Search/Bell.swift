/// The normal distribution, fast rather than to the last digit, and the same on every machine.
///
/// Its tables are made once, with `Arithmetic`.
struct Bell: Sendable {
  /// Φ at -8, -8 + 1/128, …, 8.
  private let table: [Double]

  private static let reach = 8.0
  private static let resolution = 128.0
  static let shared = Bell()

  private init() {
    let count = Int(2 * Self.reach * Self.resolution)
    table = (0...count + 1).map { Arithmetic.normalDistribution(Double($0) / Self.resolution - Self.reach) }
  }

  /// Φ(x) within 2e-6.
  func distribution(_ x: Double) -> Double {
    guard x > -Self.reach else { return 0 }
    guard x < Self.reach else { return 1 }
    let scaled = (x + Self.reach) * Self.resolution
    let index = Int(scaled)
    return table[index] + (scaled - Double(index)) * (table[index + 1] - table[index])
  }

  /// The share of a normal distribution between two bounds.
  func share(from lower: Double, to upper: Double, mean: Double, spread: Double) -> Double {
    distribution((upper - mean) / spread) - distribution((lower - mean) / spread)
  }

  /// The x with Φ(x) = p, within 1e-12; for p from 1e-12 to 1 - 1e-12.
  func quantile(_ p: Double) -> Double {
    var (low, high) = (0, table.count - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if table[middle] <= p { low = middle } else { high = middle }
    }
    var x = (Double(low) + 0.5) / Self.resolution - Self.reach
    // Newton's steps.
    for _ in 0..<4 {
      let density = 0x1.9884533d43651p-2 * Self.exp(-x * x / 2)
      x -= (Arithmetic.normalDistribution(x) - p) / density
    }
    return x
  }

  /// e^x within a part in 10^14; for x from -700 to 0, and 0 below.
  static func exp(_ x: Double) -> Double {
    guard x > -700 else { return 0 }
    // Adding 1.5 · 2^52 rounds to a whole number, which then stands in the last bits.
    let shifted = x * 0x1.71547652b82fep0 + 0x1.8p52
    let power = shifted - 0x1.8p52
    let rest = (x - power * 0x1.62e42feep-1) - power * 0x1.a39ef35793c76p-33
    // Taylor's series by Horner's rule; the first term left out is below 2^-50.
    var sum = rest * (1 / 39_916_800) + (1 / 3_628_800)
    sum = sum * rest + (1 / 362_880)
    sum = sum * rest + (1 / 40320)
    sum = sum * rest + (1 / 5040)
    sum = sum * rest + (1 / 720)
    sum = sum * rest + (1 / 120)
    sum = sum * rest + (1 / 24)
    sum = sum * rest + (1 / 6)
    sum = sum * rest + 0.5
    sum = sum * rest + 1
    sum = sum * rest + 1
    return sum * Double(bitPattern: UInt64(bitPattern: Int64(power) + 1023) << 52)
  }
}
