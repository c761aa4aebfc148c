public import TensorEngine

/// An attribution as the pixels of a picture: red where it speaks for the output, blue where against, white where it
/// is 0.
public struct HeatMap: Sendable {
    /// The pixels along the sides.
    public let height, width: Int
    /// Red, green and blue, row by row.
    public let pixels: [UInt8]

    /// The sums over the channels of contributions [1, height, width, channels], in units of their `percentile` of
    /// magnitudes; beyond it colors are full.
    /// - Parameter picture: the image itself, of the same shape, whose brightness shows through; nil for the colors
    ///   alone.
    public init(_ values: Tensor, over picture: Tensor? = nil, percentile: Double = 0.99) {
        (height, width) = (values.shape[1], values.shape[2])
        let sums = values.sum(alongAxis: 3).values
        let sorted = sums.map { abs($0) }.sorted()
        let largest = sorted.last ?? 0
        let scale = sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(percentile * Double(sorted.count)))]
        let unit = scale > 0 ? scale : largest
        let gray = picture.map { HeatMap.gray($0) }
        pixels = sums.indices.flatMap { index -> [UInt8] in
            let share = unit > 0 ? max(-1, min(1, sums[index] / unit)) : 0
            let light = gray.map { 1 - 0.35 * (1 - $0[index]) } ?? 1
            let rest = 1 - abs(share)
            let color = share >= 0 ? [1, rest, rest] : [rest, rest, 1]
            return color.map { UInt8(max(0, min(255, ($0 * light * 255).rounded()))) }
        }
    }

    /// The brightness of a picture [1, height, width, channels] from 0 for its smallest value to 1 for its largest.
    public static func gray(_ picture: Tensor) -> [Float] {
        let means = picture.mean(alongAxis: 3).values
        let (low, high) = (means.min() ?? 0, means.max() ?? 0)
        return means.map { high > low ? ($0 - low) / (high - low) : 0.5 }
    }

    /// The picture itself as gray pixels.
    public static func pixels(of picture: Tensor) -> [UInt8] {
        let isColored = picture.shape[3] == 3
        let values = isColored ? picture.values : gray(picture)
        let (low, high) = (values.min() ?? 0, values.max() ?? 0)
        return values.flatMap { value -> [UInt8] in
            let level = UInt8(high > low ? ((value - low) / (high - low) * 255).rounded() : 127)
            return isColored ? [level] : [level, level, level]
        }
    }
}
