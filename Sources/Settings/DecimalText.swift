/// A number in plain decimal notation: no hexadecimal, no `nan`, no separators, no leading zeros (octal to some readers).
package struct DecimalText {
    /// Whether there is neither a fraction nor an exponent.
    package let isWhole: Bool

    /// Absent when `text` is not of the form `[+-]digits[.digits][e[+-]digits]`.
    package init?(_ text: some StringProtocol) {
        var rest = Substring(text)
        if let first = rest.first, first == "-" || first == "+" { rest.removeFirst() }
        let whole = Self.digits(&rest)
        var fraction: Substring?
        if rest.first == "." {
            rest.removeFirst()
            fraction = Self.digits(&rest)
        }
        guard !(whole.isEmpty && (fraction ?? "").isEmpty), whole.count == 1 || whole.first != "0" else { return nil }
        var exponent: Substring?
        if let first = rest.first, first == "e" || first == "E" {
            rest.removeFirst()
            if let sign = rest.first, sign == "-" || sign == "+" { rest.removeFirst() }
            exponent = Self.digits(&rest)
        }
        guard rest.isEmpty, exponent?.isEmpty != true, fraction?.isEmpty != true else { return nil }
        isWhole = fraction == nil && exponent == nil
    }

    private static func digits(_ rest: inout Substring) -> Substring {
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        rest = rest.dropFirst(digits.count)
        return digits
    }
}
