import Foundation
import Messages

/// How an axis writes its numbers.
enum AxisLabel {
    /// `value` of ticks that are `step` apart.
    static func linear(_ value: Double, step: Double) -> String {
        let size = max(value.magnitude, step)
        if size >= 1e6 || step < 1e-4 { return value == 0 ? "0" : exponent(value) }
        let decimals = max(0, Int((-log10(step)).rounded(.up)))
        if decimals == 0 { return Readable.count(Int(value.rounded())) }
        return String(format: "%.\(decimals)f", value)
    }

    /// A value that is the only one.
    static func single(_ value: Double) -> String {
        value == 0 || (1e-4..<1e6).contains(value.magnitude) ? Readable.significant(value) : exponent(value)
    }

    /// `value` of a logarithmic axis: digits, or a power of ten.
    static func logarithmic(_ value: Double) -> String {
        if (0.001..<10_000).contains(value) {
            return value >= 1 ? Readable.count(Int(value.rounded())) : Readable.significant(value)
        }
        return exponent(value)
    }

    /// `2×10⁻⁵`
    private static func exponent(_ value: Double) -> String {
        // the logarithm of a power of ten may be a little less
        let power = Int((log10(value.magnitude) + 1e-9).rounded(.down))
        let mantissa = value / pow(10, Double(power))
        let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
        let text = String(power.magnitude).compactMap { $0.wholeNumberValue.map { digits[$0] } }
        let factor = Readable.significant((mantissa * 100).rounded() / 100)
        return (factor == "1" ? "" : factor + "×") + "10" + (power < 0 ? "⁻" : "") + String(text)
    }
}
