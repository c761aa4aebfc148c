import Foundation

/// Fits the temperature T that calibrates a classifier: probabilities are softmax(logits / T).
///
/// Source: Guo, Pleiss, Sun, Weinberger, "On calibration of modern neural networks", 2017, section 4.2.
public enum TemperatureScaling {
    /// The temperature of the least mean cross-entropy, in [0.01, 100]; 1 where there are no samples.
    /// - Parameter logits: those of each sample, as many as there are classes.
    public static func temperature(logits: [[Double]], labels: [Int]) -> Double {
        guard !logits.isEmpty else { return 1 }
        // convex in 1/T, whose slope is the mean of Σ pₖ·zₖ - z_label
        func slope(_ inverse: Double) -> Double {
            zip(logits, labels).reduce(0) { sum, sample in
                let p = probabilities(sample.0, temperature: 1 / inverse)
                return sum + zip(p, sample.0).reduce(0) { $0 + $1.0 * $1.1 } - sample.0[sample.1]
            }
        }
        var (low, high) = (0.01, 100.0)
        for _ in 0..<100 {
            let middle = (low * high).squareRoot()
            if slope(middle) < 0 { low = middle } else { high = middle }
        }
        return 1 / (low * high).squareRoot()
    }

    /// softmax(logits / temperature).
    public static func probabilities(_ logits: [Double], temperature: Double) -> [Double] {
        let largest = logits.max() ?? 0
        let exponentials = logits.map { exp(($0 - largest) / temperature) }
        let sum = exponentials.reduce(0, +)
        return exponentials.map { $0 / sum }
    }
}
