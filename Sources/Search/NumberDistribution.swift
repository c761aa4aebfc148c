import Foundation
import Kernels
import Training

/// How a random number is drawn between two bounds.
struct NumberDistribution: Sendable, Equatable {
    enum Scale: String, Sendable, CaseIterable { case uniform, log, int }

    let scale: Scale
    let low, high: Double

    /// Reads `SCALE:LOW:HIGH`; nil when `text` does not begin with the name of a scale.
    init?(_ text: String, key: String) throws {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { String($0).trimmed }
        guard let scale = Scale(rawValue: parts[0]), parts.count > 1 else { return nil }
        guard parts.count == 3, DecimalText(parts[1]) != nil, DecimalText(parts[2]) != nil,
            let low = Double(parts[1]), let high = Double(parts[2]), low < high, high - low < .infinity
        else {
            throw SearchError.badDistribution(
                text, key: key, requirement: "\(scale.rawValue):LOW:HIGH with LOW below HIGH")
        }
        if scale == .log, low <= 0 {
            throw SearchError.badDistribution(text, key: key, requirement: "log:LOW:HIGH with LOW above 0")
        }
        if scale == .int, low != low.rounded() || high != high.rounded() || max(abs(low), abs(high)) > 0x1p53 {
            throw SearchError.badDistribution(text, key: key, requirement: "int:LOW:HIGH with whole numbers")
        }
        (self.scale, self.low, self.high) = (scale, low, high)
    }

    /// The two numbers of a text such as `0.5:0.95`, which lacks the name of a scale.
    static func bareBounds(_ text: String) -> (low: String, high: String)? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { String($0).trimmed }
        guard parts.count == 2, parts.allSatisfy({ DecimalText($0) != nil }) else { return nil }
        return (parts[0], parts[1])
    }

    /// The bounds as the setting would be given them.
    var bounds: [String] { [low, high].map { scale == .int ? "\(Int($0))" : "\($0)" } }

    /// The number at `place` in [0, 1): whole, or of six significant digits.
    func text(at place: Double) -> String {
        switch scale {
        case .int: return "\(Int(min(high, low + (place * (high - low + 1)).rounded(.down))))"
        case .uniform: return digits(low + place * (high - low))
        case .log: return digits(exp(log(low) + place * (log(high) - log(low))))
        }
    }

    /// The place of `value` in [0, 1): the inverse of `text(at:)`.
    private func place(of value: Double) -> Double {
        switch scale {
        case .int: (value + 0.5 - low) / (high - low + 1)
        case .uniform: (value - low) / (high - low)
        case .log: (log(value) - log(low)) / (log(high) - log(low))
        }
    }

    /// Another number at most a fifth of the range away, on the scale.
    func mutated(_ value: String, _ random: inout PhiloxGenerator) -> String {
        let current = Double(value) ?? low
        let change = (random.fraction() - 0.5) * 0.4
        let moved = text(at: min(max(place(of: current) + change, 0), 1 - 0x1p-53))
        guard moved == value, scale == .int else { return moved }
        // of few integers the next one
        let next = current + (change < 0 ? -1 : 1)
        return "\(Int((low...high).contains(next) ? next : 2 * current - next))"
    }

    /// `value` in six significant digits, within the bounds.
    func digits(_ value: Double) -> String {
        let rounded = Double(String(format: "%.6g", value)) ?? value
        return "\(min(max(rounded, low), high))"
    }
}
