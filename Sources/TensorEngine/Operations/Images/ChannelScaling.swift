import CKernels
import Kernels
import Preconditions

/// Each channel of each image times a factor: x [n, height, width, c], factors [n, c].
struct ImageChannelScaling: Primitive {
    static let saves: SavedValues = .inputs

    func forward(_ inputs: [Tensor]) -> Tensor {
        let (x, factors) = (inputs[0], inputs[1])
        require(
            x.shape.rank == 4 && factors.shape == [x.shape[0], x.shape[3]],
            "channel scaling: factors of shape \(factors.shape) do not fit images of shape \(x.shape)")
        return x.map { from, to, _ in
            lockstep_image_channel_scale(
                from, factors.buffer.pointer, to, x.shape[0], x.shape[1] * x.shape[2], x.shape[3])
        }
    }

    // y[n, i, c] = x[n, i, c]·f[n, c]  ⇒  x̄ = ȳ·f, f̄[n, c] = Σ_i ȳ·x
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        let (x, factors) = (saved.inputs[0], saved.inputs[1])
        let sizes = x.shape.sizes
        return [
            saved.needs[0] ? ImageChannelScaling()(cotangent, factors) : nil,
            saved.needs[1]
                ? (cotangent * x).sum(to: [sizes[0], 1, 1, sizes[3]]).reshaped(to: factors.shape) : nil,
        ]
    }
}

extension Tensor {
    /// Each channel of each image times a factor: [n, height, width, c] and [n, c].
    public func channelsScaled(by factors: Tensor) -> Tensor { ImageChannelScaling()(self, factors) }
}
