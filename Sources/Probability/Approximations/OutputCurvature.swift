public import TensorEngine

/// The Hessian of a loss in the outputs of a network, as tensors sₖ [n, outputs] of which it is Σₖ sₖ·sₖᵀ for each
/// sample.
///
/// For these losses it is the Fisher information of the outputs, whose expectation over targets is exact.
public enum OutputCurvature {
    /// Of the cross-entropy of softmax, diag(p) - p·pᵀ: sₖ = √pₖ·(eₖ - p) for each class k.
    public static func softmax(_ logits: Tensor) -> [Tensor] {
        let probabilities = logits.detached.softmax()
        let (rows, classes) = (probabilities.shape[0], probabilities.shape[1])
        return (0..<classes).map { k in
            let unit = Tensor(shape: [1, classes]) { elements in
                for index in elements.indices { elements[index] = index == k ? 1 : 0 }
            }
            let root = probabilities.slice(k..<(k + 1), alongAxis: 1).squareRoot()
            return root * (unit.broadcast(to: [rows, classes]) - probabilities)
        }
    }

    /// Of minus the log density of a number of a normal distribution whose mean is the output and whose variance σ² is
    /// known: 1/σ².
    public static func normal(_ means: Tensor, variance: Double) -> [Tensor] {
        [Tensor(repeating: Float(1 / variance.squareRoot()), shape: means.shape)]
    }

    /// The same with the outputs [mean, ln σ²]: diag(1/σ², ½).
    public static func normal(_ outputs: Tensor) -> [Tensor] {
        let outputs = outputs.detached
        let rows = outputs.shape[0]
        let zeros = Tensor(repeating: 0, shape: [rows, 1])
        let precision = (outputs[0..., 1..<2] * -0.5).exp()
        return [
            .concatenated([precision, zeros], alongAxis: 1),
            .concatenated([zeros, zeros + Float(0.5.squareRoot())], alongAxis: 1),
        ]
    }
}
