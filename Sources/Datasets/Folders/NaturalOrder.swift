/// The natural order of names: runs of digits by their number, the rest by its bytes in UTF-8: `img2` before `img10`.
package enum NaturalOrder {
    /// Whether `a` comes before `b`. Names of equal numbers, such as `1` and `01`, are in the order of their bytes.
    package static func precedes(_ a: String, _ b: String) -> Bool {
        var (x, y) = (Array(a.utf8)[...], Array(b.utf8)[...])
        while let left = x.first, let right = y.first {
            if isDigit(left), isDigit(right) {
                let (first, second) = (number(&x), number(&y))
                if first.count != second.count { return first.count < second.count }
                if first != second { return first.lexicographicallyPrecedes(second) }
            } else {
                if left != right { return left < right }
                x.removeFirst()
                y.removeFirst()
            }
        }
        if x.isEmpty != y.isEmpty { return x.isEmpty }
        return a.utf8.lexicographicallyPrecedes(b.utf8)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    /// The digits at the beginning, without leading zeros, which are removed.
    private static func number(_ bytes: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let digits = bytes.prefix(while: isDigit)
        bytes = bytes.dropFirst(digits.count)
        return digits.drop { $0 == UInt8(ascii: "0") }
    }
}
