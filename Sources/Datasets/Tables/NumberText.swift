import Glibc

/// Decimal numbers as tables write them.
package struct NumberText: Sendable {
    /// The sign before the fraction: a point or a comma.
    package var decimal = UInt8(ascii: ".")
    /// The sign between groups of three digits; 0 if there is none.
    package var thousands: UInt8 = 0

    /// Numbers with these signs.
    package init(decimal: UInt8 = UInt8(ascii: "."), thousands: UInt8 = 0) {
        (self.decimal, self.thousands) = (decimal, thousands)
    }

    /// The number that `bytes` are, blanks around it left out, correctly rounded; nil if they are none, infinite
    /// where it is beyond Float64.
    ///
    /// Up to 19 digits are gathered in an integer. With at most 53 bits and a power of ten up to 10²² one division or
    /// product is exact (Clinger, "How to read floating point numbers accurately", 1990); wider integers are divided
    /// exactly by up to 10¹⁹ and rounded once; `strtod` reads the rest.
    @inline(__always)
    package func value(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? {
        guard var next = bytes.baseAddress else { return nil }
        var end = next + bytes.count
        while next < end, Self.isBlank(next.pointee) { next += 1 }
        while next < end, Self.isBlank(end[-1]) { end -= 1 }
        let start = next
        let isNegative = next < end && next.pointee == UInt8(ascii: "-")
        if next < end, isNegative || next.pointee == UInt8(ascii: "+") { next += 1 }

        var (mantissa, digits, exponent, anyDigit) = (UInt64(0), 0, 0, false)
        let integer = next
        while next < end {
            let digit = next.pointee &- UInt8(ascii: "0")
            if digit < 10 {
                anyDigit = true
                if mantissa > 0 || digit > 0 { digits += 1 }
                if digits <= 19 { mantissa = mantissa &* 10 &+ UInt64(digit) }
            } else if thousands == 0 || next.pointee != thousands {
                break
            }
            next += 1
        }
        if thousands != 0, !isGrouped(integer, next) { return nil }
        if next < end, next.pointee == decimal {
            next += 1
            while next < end {
                let digit = next.pointee &- UInt8(ascii: "0")
                guard digit < 10 else { break }
                anyDigit = true
                if mantissa > 0 || digit > 0 { digits += 1 }
                if digits <= 19 {
                    mantissa = mantissa &* 10 &+ UInt64(digit)
                    exponent -= 1
                }
                next += 1
            }
        }
        guard anyDigit else { return nil }
        if next < end {
            guard next.pointee | 0x20 == UInt8(ascii: "e"), let power = Self.power(next + 1, end) else { return nil }
            exponent += power
        }
        guard digits <= 19, let magnitude = Self.magnitude(mantissa, exponent) else {
            return slowValue(UnsafeBufferPointer(start: start, count: end - start))
        }
        return isNegative ? -magnitude : magnitude
    }

    @inline(__always)
    package static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    /// The exponent behind the `e`, at most some millions; nil if it is none.
    private static func power(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int? {
        var next = start
        let isNegative = next < end && next.pointee == UInt8(ascii: "-")
        if next < end, isNegative || next.pointee == UInt8(ascii: "+") { next += 1 }
        guard next < end else { return nil }
        var value = 0
        while next < end {
            let digit = next.pointee &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = min(value * 10 + Int(digit), 1_000_000)
            next += 1
        }
        return isNegative ? -value : value
    }

    /// Whether the signs between groups stand before three digits each, the first group having one to three.
    private func isGrouped(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Bool {
        var (group, groups) = (0, 0)
        for place in 0..<(end - start) {
            if start[place] == thousands {
                guard groups == 0 ? (1...3).contains(group) : group == 3 else { return false }
                (group, groups) = (0, groups + 1)
            } else {
                group += 1
            }
        }
        return groups == 0 || group == 3
    }

    /// `mantissa · 10^exponent` where that takes one rounding; else nil.
    @inline(__always)
    private static func magnitude(_ mantissa: UInt64, _ exponent: Int) -> Double? {
        if mantissa == 0 { return 0 }
        if mantissa <= 1 << 53, exponent >= -22, exponent <= 22 {
            let exact = Double(mantissa)
            return exponent < 0 ? exact / Self.powers[-exponent] : exact * Self.powers[exponent]
        }
        guard exponent < 0, exponent >= -19 else { return nil }
        return quotient(mantissa, Self.wholePowers[-exponent])
    }

    /// `numerator / divisor`, rounded to nearest, ties to even.
    private static func quotient(_ numerator: UInt64, _ divisor: UInt64) -> Double {
        let (up, down) = (numerator.leadingZeroBitCount, divisor.leadingZeroBitCount)
        let (top, bottom) = (numerator << UInt64(up), divisor << UInt64(down))
        // with both normalized the quotient is in (1/2, 2): one bit less of the numerator brings it below 1
        let isLess = top < bottom
        let parts = isLess ? (high: top, low: UInt64(0)) : (high: top >> 1, low: top << 63)
        let (ratio, remainder) = bottom.dividingFullWidth(parts)
        // 2^63 <= ratio < 2^64: 53 bits are kept of 64
        var kept = ratio >> 11
        let dropped = ratio & 0x7ff
        if dropped > 0x400 || (dropped == 0x400 && (remainder > 0 || kept & 1 == 1)) { kept += 1 }
        // a power of two between 2^-116 and 2^63
        let power = Double(sign: .plus, exponent: 11 - (isLess ? 64 : 63) - up + down, significand: 1)
        return Double(kept) * power
    }

    private func slowValue(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? {
        var text = bytes.filter { thousands == 0 || $0 != thousands }.map { $0 == decimal ? CChar(0x2e) : CChar($0) }
        text.append(0)
        return text.withUnsafeBufferPointer { strtod($0.baseAddress!, nil) }
    }

    private static let powers: [Double] = (0...22).map { Double("1e\($0)")! }
    private static let wholePowers: [UInt64] = (0...19).map { (0..<$0).reduce(UInt64(1)) { value, _ in value * 10 } }
}
