import Foundation

/// The scale of an axis: maps numbers to 0…1, and has a few ticks.
package struct AxisScale {
    package let isLogarithmic: Bool
    private let low, high: Double
    /// Its ticks, within the range.
    package let ticks: [(position: Double, label: String)]

    /// From here on the range of positive numbers is better seen by their logarithms.
    private static let logarithmicSpan = 50.0

    /// Whether `values` are positive and span so many orders of magnitude that a logarithmic axis shows them better: without
    /// the least and the greatest `1 / share` of them, which may be outliers.
    package static func wantsLogarithm(_ values: [Double], share: Int = 20) -> Bool {
        let sorted = values.sorted()
        guard let least = sorted.first, least > 0 else { return false }
        let margin = sorted.count / share
        return sorted[sorted.count - 1 - margin] / sorted[margin] >= logarithmicSpan
    }

    /// A scale of the finite numbers `values`; nil where there are none.
    /// - Parameters:
    ///   - padding: the share of the range that is left free at both ends.
    ///   - intervals: about as many lie between the ticks.
    package init?(_ values: [Double], isLogarithmic: Bool = false, padding: Double = 0.04, intervals: Int = 4) {
        guard let least = values.min(), let greatest = values.max() else { return nil }
        self.isLogarithmic = isLogarithmic && least > 0
        let (low, high) = self.isLogarithmic ? (log10(least), log10(greatest)) : (least, greatest)
        guard high - low > max(low.magnitude, high.magnitude) * 1e-9 else {
            // one value, in the middle
            let room = self.isLogarithmic ? 0.5 : max(low.magnitude * 0.05, 1e-9)
            (self.low, self.high) = (low - room, high + room)
            ticks = [(0.5, AxisLabel.single(least))]
            return
        }
        let room = (high - low) * padding
        let (start, end) = (low - room, high + room)
        (self.low, self.high) = (start, end)
        func position(_ value: Double) -> Double { (value - start) / (end - start) }
        ticks =
            self.isLogarithmic
            ? Self.logarithmicTicks(start, end, intervals + 2).map { (position(log10($0)), AxisLabel.logarithmic($0)) }
            : Self.linearTicks(start, end, intervals).map {
                (position($0.value), AxisLabel.linear($0.value, step: $0.step))
            }
    }

    /// Where `value` is on the axis, 0…1 within its range.
    package func position(_ value: Double) -> Double { ((isLogarithmic ? log10(value) : value) - low) / (high - low) }

    /// Multiples of 1, 2 or 5 times a power of ten (Heckbert, "Nice numbers for graph labels", 1990).
    private static func linearTicks(_ low: Double, _ high: Double, _ intervals: Int) -> [(value: Double, step: Double)]
    {
        let raw = (high - low) / Double(intervals)
        let power = pow(10, log10(raw).rounded(.down))
        let step = power * ([(1.0, 1.5), (2, 3), (5, 7)].first { raw < $0.1 * power }?.0 ?? 10)
        guard step > 0, step.isFinite else { return [] }
        let (first, last) = ((low / step).rounded(.up), (high / step).rounded(.down))
        guard last - first < 100 else { return [] }
        return stride(from: first, through: last, by: 1).map { ($0 == 0 ? 0 : $0 * step, step) }
    }

    /// Powers of ten; where these are few, with 2 and 5 times them; where they are many, every second, third ….
    private static func logarithmicTicks(_ low: Double, _ high: Double, _ most: Int) -> [Double] {
        let powers = stride(from: low.rounded(.down), through: high, by: 1)
        let candidates: [[Double]] = [[1, 2, 5], [1, 3], [1]]
        for factors in candidates {
            let ticks = powers.flatMap { power in factors.map { $0 * pow(10, power) } }
                .filter { (low...high).contains(log10($0)) }
            if ticks.count <= most, ticks.count >= 2 { return ticks }
        }
        let ticks = powers.filter { $0 >= low }
        let every = max(1, (ticks.count + most - 1) / most)
        let chosen = stride(from: 0, to: ticks.count, by: every).map { pow(10, ticks[$0]) }
        return chosen.count >= 2 ? chosen : [pow(10, low + (high - low) * 0.1), pow(10, high - (high - low) * 0.1)]
    }
}
