/// Reads back numbers that were saved one after the other; nil where there are none of the kind.
struct SavedNumbers {
    private var rest: ArraySlice<Double>

    init(_ numbers: [Double]) { rest = numbers[...] }

    var isAtEnd: Bool { rest.isEmpty }

    /// The next number.
    mutating func number() -> Double? { rest.popFirst() }

    /// The next number, which is finite.
    mutating func finite() -> Double? { number().flatMap { $0.isFinite ? $0 : nil } }

    /// The next `count` numbers, which are finite.
    mutating func finite(_ count: Int) -> [Double]? {
        guard rest.count >= count, rest.prefix(count).allSatisfy(\.isFinite) else { return nil }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    /// The next number, which is a whole one from 0 to `most`.
    mutating func count(atMost most: Int = 1 << 40) -> Int? {
        guard let number = number(), number >= 0, number <= Double(most), number == number.rounded() else { return nil }
        return Int(number)
    }
}
