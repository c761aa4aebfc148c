import CKernels

/// Elementwise `max(x, 0)`; its derivative at 0 is 0.
struct ReLU: Primitive {
    static let saves: SavedValues = .output

    func forward(_ inputs: [Tensor]) -> Tensor { inputs[0].map(lockstep_relu) }

    // y = max(x, 0)  ⇒  x̄ = ȳ where y > 0, else 0
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        [ReLUGradient()(cotangent, saved.output.detached)]
    }
}

/// The first input where the second, a ReLU's output, is above 0; else 0. Piecewise constant in the second.
struct ReLUGradient: Primitive {
    static let saves: SavedValues = .inputs

    func forward(_ inputs: [Tensor]) -> Tensor { Tensor.combine(inputs, "ReLU gradient", lockstep_relu_gradient) }

    // y = c where o > 0  ⇒  c̄ = ȳ where o > 0
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        [ReLUGradient()(cotangent, saved.inputs[1].detached), nil]
    }
}

extension Tensor {
    /// Elementwise `max(x, 0)`; the derivative at 0 is 0.
    public func relu() -> Tensor { ReLU()(self) }
}
