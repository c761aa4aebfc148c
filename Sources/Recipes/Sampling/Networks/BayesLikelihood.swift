import Foundation
import Probability
import TensorEngine

/// The distribution of a target, given a network's outputs.
enum BayesLikelihood {
    /// Classes, of which the outputs are logits.
    case classes(Int)
    /// A number whose mean is an output; its variance is known, or its logarithm is another output.
    case number(variance: Double?)

    /// The outputs of a network.
    var outputs: Int {
        switch self {
        case .classes(let count): count
        case .number(let variance): variance == nil ? 2 : 1
        }
    }

    /// -ln p of each target, summed.
    func negativeLog(_ outputs: Tensor, _ targets: [Float]) -> Tensor {
        // ½ ln 2π
        let constant = 0.918938533204672742
        switch self {
        case .classes: return outputs.softmaxCrossEntropy(labels: Indices(targets.map { Int32($0) })).sum()
        case .number(let variance?):
            let error = Tensor(targets, shape: [targets.count, 1]) - outputs
            return (error * error).sum() * Float(0.5 / variance)
                + Float((constant + 0.5 * log(variance)) * Double(targets.count))
        case .number(nil):
            let (mean, logVariance) = (outputs[0..., 0..<1], outputs[0..., 1..<2])
            let error = Tensor(targets, shape: [targets.count, 1]) - mean
            // ½(ln 2π + ln σ² + (y - μ)²/σ²)
            return (error * error * (-logVariance).exp() + logVariance).sum() * 0.5
                + Float(constant * Double(targets.count))
        }
    }

    /// The Hessian of a sample's loss in the outputs.
    func curvature(_ outputs: Tensor) -> [Tensor] {
        switch self {
        case .classes: OutputCurvature.softmax(outputs)
        case .number(let variance?): OutputCurvature.normal(outputs, variance: variance)
        case .number(nil): OutputCurvature.normal(outputs)
        }
    }

    /// Of each row of a number's outputs the mean and the logarithm of the variance.
    func normal(_ outputs: Tensor) -> [(mean: Double, logVariance: Double)] {
        let values = outputs.values
        if case .number(let variance?) = self { return values.map { (Double($0), log(variance)) } }
        return stride(from: 0, to: values.count, by: 2).map { (Double(values[$0]), Double(values[$0 + 1])) }
    }
}
