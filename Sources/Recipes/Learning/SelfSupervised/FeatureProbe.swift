public import TensorEngine
import Training

/// How well features tell classes: by the nearest neighbors among labeled features, and by a linear classifier of them.
public struct FeatureProbe {
    private let unit: Tensor
    private let labels: [Int32]
    private let classes, neighbors: Int
    private let mean, deviation, weights: Tensor

    /// A probe of features [n, size] with labels, at least one.
    public init(_ features: Tensor, _ labels: [Int32], classes: Int, neighbors: Int) {
        (self.labels, self.classes, self.neighbors) = (labels, classes, min(neighbors, labels.count))
        unit = Self.unit(features)
        mean = features.mean(alongAxis: 0)
        let centered = features - mean
        deviation = ((centered * centered).mean(alongAxis: 0) + 1e-12).squareRoot()
        weights = Self.classifier(Self.extended(centered / deviation), Indices(labels).oneHot(classes: classes))
    }

    /// A feature more, which is 1: its weights are the biases.
    private static func extended(_ features: Tensor) -> Tensor {
        .concatenated([features, Tensor(repeating: 1, shape: [features.shape[0], 1])], alongAxis: 1)
    }

    private static func unit(_ features: Tensor) -> Tensor {
        features / ((features * features).sum(alongAxis: 1) + 1e-24).squareRoot()
    }

    /// The weights of logistic regression, by 300 steps of Nesterov's gradient descent with the step of the curvature's bound.
    private static func classifier(_ features: Tensor, _ targets: Tensor) -> Tensor {
        let count = Float(features.shape[0])
        func product(_ x: Tensor) -> Tensor { features.matrixProduct(features.matrixProduct(x), transposingSelf: true) }
        // the largest eigenvalue of XᵀX, by power iteration; the Hessian of softmax cross-entropy is at most half of it
        var direction = Tensor(repeating: 1, shape: [features.shape[1], 1])
        var eigenvalue: Float = 0
        for _ in 0..<30 {
            let next = product(direction)
            eigenvalue = (next * next).sum().squareRoot().scalar
            if !(eigenvalue > 0) { break }
            direction = next / eigenvalue
        }
        let rate = eigenvalue > 0 && eigenvalue.isFinite ? 1 / (0.55 * eigenvalue / count) : 0
        var weights = Tensor(repeating: 0, shape: [features.shape[1], targets.shape[1]])
        var ahead = weights
        for step in 0..<300 {
            let error = features.matrixProduct(ahead).softmax() - targets
            let next = ahead - features.matrixProduct(error, transposingSelf: true) * (rate / count)
            ahead = next + (next - weights) * (Float(step) / Float(step + 3))
            weights = next
        }
        return weights
    }

    /// How many of these features [n, size] are classified right, by neighbors and linearly.
    public func correct(_ features: Tensor, _ labels: Indices) -> (neighbors: Int, linear: Int) {
        let logits = Self.extended((features - mean) / deviation).matrixProduct(weights)
        let similarities = Self.unit(features).matrixProduct(unit, transposingOther: true)
        let votes = similarities.withElements { elements in
            (0..<features.shape[0]).map { vote(elements[($0 * self.labels.count)..<(($0 + 1) * self.labels.count)]) }
        }
        return (Indices(votes).matches(labels), logits.argmax().matches(labels))
    }

    /// The class of most of the nearest neighbors; of equally many the one whose nearest is nearer.
    private func vote(_ similarities: Slice<UnsafeBufferPointer<Float>>) -> Int32 {
        // the nearest first; of equal ones the one with the lower number
        var nearest: [(similarity: Float, number: Int)] = []
        var least = -Float.infinity
        for (number, similarity) in similarities.enumerated() where similarity > least || nearest.count < neighbors {
            let place = nearest.firstIndex { $0.similarity < similarity } ?? nearest.count
            nearest.insert((similarity, number), at: place)
            if nearest.count > neighbors { nearest.removeLast() }
            if nearest.count == neighbors { least = nearest[neighbors - 1].similarity }
        }
        var counts = [Int](repeating: 0, count: classes)
        for neighbor in nearest { counts[Int(labels[neighbor.number])] += 1 }
        let most = counts.max() ?? 0
        return nearest.lazy.map { labels[$0.number] }.first { counts[Int($0)] == most } ?? 0
    }
}
