/// What libFuzzer gives, as decisions to be taken one after another. Where the bytes are spent every decision is 0, which
/// stands for what is usual: a short input is a plain experiment.
struct Choices {
  private var bytes: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { self.bytes = bytes[...] }

  /// - Precondition: the count is from 1 to 256.
  mutating func below(_ count: Int) -> Int { Int(bytes.popFirst() ?? 0) % count }

  /// True for one byte in `count`.
  mutating func oneIn(_ count: Int) -> Bool { below(count) == count - 1 }

  mutating func one<Element>(of elements: [Element]) -> Element { elements[below(elements.count)] }
}
