import CKernels
import Kernels
import Preconditions

/// `x·scale + shift [+ addend]` with a scale and a shift for each channel (the innermost axis), then ReLU if asked for.
struct ChannelAffine: Primitive {
    static let saves: SavedValues = [.inputs, .output]
    var hasReLU = false

    func forward(_ inputs: [Tensor]) -> Tensor {
        Self.compute(inputs[0], inputs[1], inputs[2], addend: inputs.count > 3 ? inputs[3] : nil, hasReLU: hasReLU)
    }

    static func compute(_ x: Tensor, _ scale: Tensor, _ shift: Tensor, addend: Tensor?, hasReLU: Bool) -> Tensor {
        require(
            scale.shape == [x.shape.innermost] && shift.shape == scale.shape && (addend?.shape ?? x.shape) == x.shape,
            "channel affine: x \(x.shape), scale \(scale.shape), shift \(shift.shape) and addend \(addend?.shape ?? x.shape) do not fit"
        )
        return x.map { from, to, _ in
            lockstep_channel_affine(
                from, scale.buffer.pointer, shift.buffer.pointer, addend?.buffer.pointer, hasReLU ? 1 : 0, to,
                x.shape.outerCount, x.shape.innermost)
        }
    }

    // z = x·s + t + a, y = max(z, 0)  ⇒  z̄ = ȳ where y > 0;  x̄ = z̄·s, s̄ = Σ z̄·x, t̄ = Σ z̄ over all but channels, ā = z̄
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        let z = hasReLU ? ReLUGradient()(cotangent, saved.output.detached) : cotangent
        let (x, scale) = (saved.inputs[0], saved.inputs[1])
        let results = [
            saved.needs[0] ? z * scale : nil, saved.needs[1] ? (z * x).sum(to: scale.shape) : nil,
            saved.needs[2] ? z.sum(to: scale.shape) : nil,
        ]
        return saved.inputShapes.count > 3 ? results + [z] : results
    }
}
