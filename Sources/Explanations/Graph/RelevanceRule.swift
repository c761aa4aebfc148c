import TensorEngine

/// How layer-wise relevance propagation shares the relevance of a layer's output among its inputs.
///
/// Sources: Bach et al., "On pixel-wise explanations for non-linear classifier decisions by layer-wise relevance
/// propagation", 2015; Montavon et al., "Layer-wise relevance propagation: an overview", 2019.
public enum RelevanceRule: Sendable, Equatable {
    /// By `xᵢwᵢⱼ / (zⱼ + ε·sign zⱼ)`, with the bias in `zⱼ`, which takes its share.
    case epsilon(Float)
    /// As with ε = 0, of the weights `w + γ·w⁺`; biases stay, as Captum has it.
    case gamma(Float)
    /// By `(xᵢwᵢⱼ)⁺ / Σ (xᵢwᵢⱼ)⁺`, with the positive part of the bias in the sum.
    case alpha1Beta0
    /// By `(xᵢwᵢⱼ)⁺ / Σ (xᵢwᵢⱼ)⁺` without the bias, so that all of the relevance is passed on.
    case zPlus

    /// A tensor equal to `layer(x)`, whose gradient times `x` is the relevance of `x`.
    ///
    /// With a surrogate s of the output z, the gradient is that of `s·(z / s)`, where the quotient is a constant.
    func output(of layer: AffineLayer, _ x: Tensor) -> Tensor {
        let value = layer(x.detached)
        switch self {
        case .epsilon(let epsilon): return value.passing(through: layer(x), stabilizer: epsilon)
        case .gamma(let gamma):
            let weight = layer.weight + layer.weight.relu() * gamma
            return value.passing(through: layer.apply(x, weight, layer.bias))
        case .alpha1Beta0, .zPlus:
            let bias = self == .zPlus ? nil : layer.bias?.relu()
            let positive = layer.apply(x.relu(), layer.weight.relu(), bias)
            let negative = layer.apply((-1 * x).relu(), (-1 * layer.weight).relu(), nil)
            return value.passing(through: positive + negative)
        }
    }
}

extension Tensor {
    /// The smallest magnitude of a divisor; as in Captum.
    static let stabilizer: Float = 1e-9

    /// This value, with the gradient of `surrogate` times the constant `self / surrogate`.
    func passing(through surrogate: Tensor, stabilizer: Float = Tensor.stabilizer) -> Tensor {
        let divisor = surrogate.detached
        let signed = Tensor.where(divisor .>= 0, divisor + stabilizer, divisor - stabilizer)
        // 0 / 0 where both vanish and ε is 0
        let quotient = detached / Tensor.where(signed .== 0, 1, signed)
        let scaled = surrogate * quotient
        return detached + (scaled - scaled.detached)
    }
}
