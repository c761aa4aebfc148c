import CKernels
import Kernels

/// Elementwise `x·Φ(x)`, with Φ the normal distribution function, by the error function or by its approximation with tanh.
///
/// Source: Hendrycks, Gimpel, "Gaussian error linear units", 2016.
struct GELU: Primitive {
    static let saves: SavedValues = .inputs
    let usesTanh: Bool

    func forward(_ inputs: [Tensor]) -> Tensor {
        inputs[0].map { usesTanh ? lockstep_gelu_tanh($0, $1, nil, $2) : lockstep_gelu($0, $1, nil, $2) }
    }

    func forwardKeeping(_ inputs: [Tensor]) -> (output: Tensor, kept: [Tensor]) {
        let slope = Tensor(shape: inputs[0].shape) { _ in }
        let output = inputs[0].map {
            usesTanh
                ? lockstep_gelu_tanh($0, $1, slope.buffer.pointer, $2) : lockstep_gelu($0, $1, slope.buffer.pointer, $2)
        }
        return (output, [slope])
    }

    // x̄ = ȳ·y′(x)
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        guard saved.recordsGraph else { return [cotangent * saved.kept[0]] }
        return [cotangent * (usesTanh ? tanhSlope(saved.inputs[0]) : GELUSlope()(saved.inputs[0]))]
    }

    // y = ½x(1 + h), h = tanh u, u = √(2/π)(x + 0.044715x³)  ⇒  y′ = ½(1 + h) + ½x(1 - h²)u′
    private func tanhSlope(_ x: Tensor) -> Tensor {
        let square = x * x
        let factor: Float = 0.79788456
        let h = (x * (square * 0.044715 + 1) * factor).tanh()
        return (h + 1) * 0.5 + x * 0.5 * (1 - h * h) * (square * 0.134145 + 1) * factor
    }
}

/// Elementwise `Φ(x) + x·φ(x)`, the derivative of `x·Φ(x)`.
struct GELUSlope: Primitive {
    static let saves: SavedValues = .inputs

    func forward(_ inputs: [Tensor]) -> Tensor {
        let unused = Tensor(shape: inputs[0].shape) { _ in }
        return inputs[0].map { lockstep_gelu($0, unused.buffer.pointer, $1, $2) }
    }

    // y = Φ + x·φ, φ′ = -x·φ  ⇒  x̄ = ȳ·(2 - x²)·φ
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        let square = saved.inputs[0] * saved.inputs[0]
        return [cotangent * (2 - square) * (square * -0.5).exp() * 0.39894228]
    }
}

extension Tensor {
    /// Elementwise `x·Φ(x)`, with Φ the normal distribution function.
    public func gelu() -> Tensor { GELU(usesTanh: false)(self) }

    /// Elementwise `½x(1 + tanh(√(2/π)(x + 0.044715x³)))`, which approximates `gelu`.
    public func geluByTanh() -> Tensor { GELU(usesTanh: true)(self) }
}
