import CKernels
import Kernels
import Preconditions

/// Elementwise `x` above 0, else `slope·x`; the derivative at 0 is `slope`.
struct LeakyReLU: Primitive {
    static let saves: SavedValues = .inputs
    let slope: Float

    func forward(_ inputs: [Tensor]) -> Tensor { inputs[0].map { lockstep_leaky_relu($0, slope, $1, $2) } }

    // y = x or s·x  ⇒  x̄ = ȳ or s·ȳ
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        let x = saved.inputs[0]
        if saved.recordsGraph {
            let ones = Tensor(repeating: 1, shape: x.shape)
            return [cotangent * ones.map { lockstep_leaky_relu_gradient($0, x.buffer.pointer, slope, $1, $2) }]
        }
        return [cotangent.map { lockstep_leaky_relu_gradient($0, x.buffer.pointer, slope, $1, $2) }]
    }
}

/// Elementwise `x` above 0, else `α·(eˣ - 1)`; the derivative at 0 is `α`.
struct ELU: Primitive {
    static let saves: SavedValues = .inputs
    let alpha: Float

    func forward(_ inputs: [Tensor]) -> Tensor { inputs[0].map { lockstep_elu($0, alpha, $1, $2) } }

    // y = x or α·(eˣ - 1)  ⇒  x̄ = ȳ or ȳ·α·eˣ
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        let x = saved.inputs[0]
        if saved.recordsGraph {
            let isAbove = x.map { lockstep_within($0, .leastNonzeroMagnitude, .infinity, $1, $2) }
            // min(x, 0) = -max(-x, 0): no overflow where it does not count
            return [cotangent * (isAbove + (1 - isAbove) * (-(-x).relu()).exp() * alpha)]
        }
        return [cotangent.map { lockstep_elu_gradient($0, x.buffer.pointer, alpha, $1, $2) }]
    }
}

/// Elementwise `x·σ(x)`.
struct SiLU: Primitive {
    static let saves: SavedValues = .inputs

    func forward(_ inputs: [Tensor]) -> Tensor { inputs[0].map(lockstep_silu) }

    // y = x·σ(x)  ⇒  x̄ = ȳ·σ·(1 + x·(1 - σ))
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        let x = saved.inputs[0]
        if saved.recordsGraph {
            let s = x.sigmoid()
            return [cotangent * s * (1 + x * (1 - s))]
        }
        return [cotangent.map { lockstep_silu_gradient($0, x.buffer.pointer, $1, $2) }]
    }
}

/// Elementwise `ln(1 + eˣ)`; no overflow for any finite `x`.
struct Softplus: Primitive {
    static let saves: SavedValues = .inputs

    func forward(_ inputs: [Tensor]) -> Tensor { inputs[0].map(lockstep_softplus) }

    // y = ln(1 + eˣ)  ⇒  x̄ = ȳ·σ(x)
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        let x = saved.inputs[0]
        if saved.recordsGraph { return [cotangent * x.sigmoid()] }
        return [cotangent.map { lockstep_softplus_gradient($0, x.buffer.pointer, $1, $2) }]
    }
}

extension Tensor {
    /// Elementwise `x` above 0, else `slope·x`. Source: Maas, Hannun, Ng, 2013.
    public func leakyReLU(slope: Float = 0.01) -> Tensor { LeakyReLU(slope: slope)(self) }
    /// Elementwise `x` above 0, else `alpha·(eˣ - 1)`. Source: Clevert, Unterthiner, Hochreiter, 2016.
    public func elu(alpha: Float = 1) -> Tensor { ELU(alpha: alpha)(self) }
    /// Elementwise `x / (1 + e⁻ˣ)`, also called swish. Source: Elfwing, Uchibe, Doya, 2017.
    public func silu() -> Tensor { SiLU()(self) }
    /// Elementwise `ln(1 + eˣ)`, without overflow.
    public func softplus() -> Tensor { Softplus()(self) }
}
