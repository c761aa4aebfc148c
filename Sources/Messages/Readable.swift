import Foundation

/// Numbers as people read them, the same in every locale.
package enum Readable {
    /// `12,345`
    package static func count(_ value: Int) -> String {
        let digits = Array(String(value.magnitude))
        let grouped = digits.enumerated().map { index, digit in
            index > 0 && (digits.count - index) % 3 == 0 ? ",\(digit)" : "\(digit)"
        }
        return (value < 0 ? "-" : "") + grouped.joined()
    }

    /// `1 epoch`, `12 epochs`
    package static func count(_ value: Int, of noun: String) -> String {
        "\(count(value)) \(noun)" + (value == 1 ? "" : "s")
    }

    /// `h:mm:ss`, rounded; `-:--:--` for what is not known.
    package static func duration(_ seconds: Double?) -> String {
        guard let seconds, seconds.isFinite, seconds < 1e9 else { return "-:--:--" }
        let whole = max(0, Int(seconds.rounded()))
        return String(format: "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60)
    }

    /// Four decimals, or an exponent for what is very small or large.
    package static func loss(_ value: Double) -> String {
        let isUsual = value == 0 || (0.001..<100_000).contains(value.magnitude)
        return number(value, isUsual ? "%.4f" : "%.3e")
    }

    /// `, the test loss is 0.0300 higher`
    package static func gap(_ value: Double) -> String {
        value.isFinite ? ", the test loss is \(loss(value.magnitude)) \(value < 0 ? "lower" : "higher")" : ""
    }

    /// `97.61 %`
    package static func percent(_ fraction: Double, decimals: Int = 2) -> String {
        number(fraction * 100, "%.\(decimals)f") + " %"
    }

    /// `41,200`: whole above 100, else three digits.
    package static func rate(_ value: Double) -> String {
        guard value.magnitude < 1e15 else { return number(value) }
        return value.magnitude >= 100 ? count(Int(value.rounded())) : value.shortened
    }

    /// `1.5 GiB`
    package static func gibibytes(_ bytes: Double) -> String { String(format: "%.1f GiB", bytes / 0x1p30) }

    /// `0.0125`: four significant digits, without zeros at the end.
    package static func significant(_ value: Double) -> String { number(value, "%.4g") }

    /// `2.14 MB`
    package static func bytes(_ count: Int) -> String {
        let units: [(size: Double, name: String)] = [(1e9, "GB"), (1e6, "MB"), (1e3, "KB")]
        guard let unit = units.first(where: { Double(count) >= $0.size }) else { return "\(count) bytes" }
        return String(format: "%.2f ", Double(count) / unit.size) + unit.name
    }

    /// `212 MiB`
    package static func memory(_ bytes: Int) -> String {
        let mebibytes = Double(bytes) / 0x1p20
        return mebibytes < 10_000 ? String(format: "%.0f MiB", mebibytes) : gibibytes(Double(bytes))
    }
}

extension Readable {
    /// `0.1`, with all digits.
    package static func number(_ value: some BinaryFloatingPoint) -> String { value.nonFiniteText ?? "\(value)" }

    /// A number in a format of printf(3) such as `%.3f`.
    package static func number(_ value: Double, _ format: String) -> String {
        value.nonFiniteText ?? String(format: format, value)
    }
}

extension BinaryFloatingPoint {
    /// `nan`, `inf` or `-inf`, as our records and messages have them; nil for a finite number. Swift and printf(3) write the
    /// sign of a NaN, too.
    package var nonFiniteText: String? { isNaN ? "nan" : isFinite ? nil : self < 0 ? "-inf" : "inf" }
}

extension Double {
    /// Three significant digits at most.
    package var shortened: String { Readable.number(self, "%.3g") }
}
