import Foundation

/// A kernel density estimate on a grid: counts in narrow bins, smoothed by a Gaussian.
///
/// Bandwidth: Silverman, "Density estimation for statistics and data analysis", 1986, equation 3.31. Mass beyond an end of the
/// grid is reflected, so that the density does not fall off at a bound of the values.
package struct DensityCurve {
    package let points: [(x: Double, y: Double)]

    private static let bins = 160

    /// The density of the values within `range`; no points where there are fewer than 2 different values.
    package init(_ values: [Double], in range: ClosedRange<Double>) {
        let width = (range.upperBound - range.lowerBound) / Double(Self.bins)
        let mean = values.reduce(0, +) / Double(max(1, values.count))
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, values.count))
        let sorted = values.sorted()
        guard values.count > 1, width > 0, width.isFinite, variance > 0 else {
            points = []
            return
        }
        let spread = (sorted[sorted.count * 3 / 4] - sorted[sorted.count / 4]) / 1.34
        let deviation = spread > 0 ? min(variance.squareRoot(), spread) : variance.squareRoot()
        let bandwidth = max(0.9 * deviation * pow(Double(values.count), -0.2), width)
        var counts = [Double](repeating: 0, count: Self.bins)
        for value in values where range.contains(value) {
            counts[min(Self.bins - 1, Int((value - range.lowerBound) / width))] += 1
        }
        let reach = min(Self.bins - 1, Int((4 * bandwidth / width).rounded(.up)))
        let kernel = (0...reach).map { exp(-0.5 * pow(Double($0) * width / bandwidth, 2)) }
        let total = kernel[0] + 2 * kernel.dropFirst().reduce(0, +)
        var density = [Double](repeating: 0, count: Self.bins)
        for (bin, count) in counts.enumerated() where count > 0 {
            for offset in -reach...reach {
                var target = bin + offset
                if target < 0 { target = -1 - target }
                if target >= Self.bins { target = 2 * Self.bins - 1 - target }
                density[target] += count * kernel[abs(offset)] / total
            }
        }
        let scale = 1 / (Double(values.count) * width)
        points = density.enumerated().map { (range.lowerBound + (Double($0.offset) + 0.5) * width, $0.element * scale) }
    }
}
