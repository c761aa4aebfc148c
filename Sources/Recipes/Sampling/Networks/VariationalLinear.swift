import Foundation
import Layers
import TensorEngine

/// `y = x·W + b` whose weights and biases are independent normal numbers, with a posterior deviation ln(1 + eᵖ).
///
/// A pass draws each output instead of the weights (local reparameterization). Sources: Blundell and others, "Weight
/// uncertainty in neural networks" (Bayes by Backprop), 2015; Kingma, Salimans, Welling, "Variational dropout and the
/// local reparameterization trick", 2015, section 2.2.
struct VariationalLinear: Parameterized {
    let mean, spread, biasMean, biasSpread: Parameter

    var parameters: ParameterTree {
        ["mean": mean, "spread": spread, "bias_mean": biasMean, "bias_spread": biasSpread]
    }

    init(_ inputs: Int, _ outputs: Int, deviation: Double, random: inout InitializationRandom) {
        mean = Initializer.heUniform.parameter(
            shape: [inputs, outputs], fanIn: inputs, fanOut: outputs, random: &random)
        // p = ln(e^σ - 1)
        let start = Float(log(expm1(deviation)))
        spread = Parameter(Tensor(repeating: start, shape: [inputs, outputs]))
        biasMean = Parameter(Tensor(repeating: 0, shape: [outputs]))
        biasSpread = Parameter(Tensor(repeating: start, shape: [outputs]))
    }

    /// [n, inputs] → [n, outputs], with noise keyed by the samples of the pass.
    func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor {
        let (deviation, biasDeviation) = (spread.value.softplus(), biasSpread.value.softplus())
        let center = x.matrixProduct(mean.value) + biasMean.value
        let variance = (x * x).matrixProduct(deviation * deviation) + biasDeviation * biasDeviation
        return center + variance.squareRoot() * context.normal(center.shape)
    }

    /// The Kullback-Leibler divergence from a normal prior of mean 0: Σ ln(s/σ) + (σ² + μ²)/(2s²) - ½.
    func divergence(prior: Double) -> Tensor {
        [(mean, spread), (biasMean, biasSpread)].map { mean, spread in
            let (mean, deviation) = (mean.value, spread.value.softplus())
            let count = Double(mean.shape.count)
            return (mean * mean + deviation * deviation).sum() * Float(0.5 / (prior * prior))
                - deviation.log().sum() + Float(count * (log(prior) - 0.5))
        }.reduce(Tensor(0), +)
    }
}
