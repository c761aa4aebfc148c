import Foundation
import Messages

/// Writes predicted numbers with the digits that they have.
package struct PredictedNumber: Sendable {
    private let decimals: Int
    private let decimal: Character

    /// Numbers that a model has found as a multiple, in Float32, of `deviation`: digits below its rounding mean
    /// nothing.
    package init(deviation: Double, decimal: UInt8 = UInt8(ascii: ".")) {
        decimals = max(0, Int((-log10(deviation * 0x1p-23)).rounded()))
        self.decimal = Character(UnicodeScalar(decimal))
    }

    /// A number without an exponent, unless it is huge or tiny.
    package func text(_ value: Double) -> String {
        var text: String
        if !value.isFinite || abs(value) >= 1e16 || decimals > 17 {
            text = Readable.number(value, "%.9g")
        } else {
            text = String(format: "%.\(decimals)f", value)
            if text.contains(".") {
                while text.hasSuffix("0") { text.removeLast() }
                if text.hasSuffix(".") { text.removeLast() }
            }
            if text == "-0" { text = "0" }
        }
        return decimal == "." ? text : text.replacing(".", with: String(decimal))
    }
}
