/// The quantiles of numbers, with linear interpolation, as NumPy; NaN where there are no numbers.
/// - Parameter probabilities: in [0, 1].
public func quantiles(_ values: [Double], _ probabilities: [Double]) -> [Double] {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return probabilities.map { _ in .nan } }
    return probabilities.map { probability in
        let position = min(1, max(0, probability)) * Double(sorted.count - 1)
        let below = Int(position)
        let above = min(below + 1, sorted.count - 1)
        return sorted[below] + (position - Double(below)) * (sorted[above] - sorted[below])
    }
}
