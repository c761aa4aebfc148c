import CKernels
import Kernels
import Preconditions

/// `γ·(x - μ)/√(σ² + ε) + β`, with mean μ and variance σ² of each sample over its pixels or time steps and the channels of a group.
struct GroupNormalization: Primitive {
    static let saves: SavedValues = .inputs
    let groups: Int
    let epsilon: Float

    func forward(_ inputs: [Tensor]) -> Tensor { forwardKeeping(inputs).output }

    func forwardKeeping(_ inputs: [Tensor]) -> (output: Tensor, kept: [Tensor]) {
        let (x, gamma, beta) = (inputs[0], inputs[1], inputs[2])
        let (samples, rows, channels) = sizes(x.shape)
        require(
            channels % groups == 0 && gamma.shape == [channels] && beta.shape == gamma.shape,
            "group normalization: x \(x.shape), weight \(gamma.shape) and bias \(beta.shape) do not fit \(groups) groups"
        )
        // for each sample and channel: its group's mean, and 1/√(σ² + ε)
        let means = Tensor(shape: [samples, channels]) { _ in }
        let reciprocals = Tensor(shape: [samples, channels]) { _ in }
        // what is subtracted from each sample and channel first; 0 except where a mean is far from 0
        let offsets = Tensor(repeating: 0, shape: [samples, channels])
        var (scale, shift) = ([Float](repeating: 0, count: channels), [Float](repeating: 0, count: channels))
        let output = Tensor(shape: x.shape) { out in
            for sample in 0..<samples {
                let (mean, r) = (means.row(sample), reciprocals.row(sample))
                var from = x.span(ofSample: sample)
                lockstep_channel_moments(from.buffer.pointer, rows, channels, mean, r)
                joinGroups(mean, r, channels)
                let offset = offsets.row(sample)
                for c in 0..<channels where mean[c] * mean[c] * r[c] * r[c] > ChannelMoments.outweighing {
                    offset[c] = mean[c]
                }
                if let shifted = from.without(offset) {
                    from = shifted
                    lockstep_channel_moments(from.buffer.pointer, rows, channels, mean, r)
                    joinGroups(mean, r, channels)
                }
                for c in 0..<channels {
                    scale[c] = gamma.buffer.pointer[c] * r[c]
                    shift[c] = beta.buffer.pointer[c] - mean[c] * scale[c]
                }
                lockstep_channel_affine(
                    from.buffer.pointer, scale, shift, nil, 0, out.baseAddress! + sample * rows * channels, rows,
                    channels)
            }
        }
        return (output, [means, reciprocals, offsets])
    }

    /// From the moments of channels those of their groups, and of the variance 1/√(σ² + ε).
    private func joinGroups(
        _ mean: UnsafeMutablePointer<Float>, _ variance: UnsafeMutablePointer<Float>, _ channels: Int
    ) {
        let size = channels / groups
        for group in 0..<groups {
            let members = (group * size)..<((group + 1) * size)
            let center = members.reduce(0.0) { $0 + Double(mean[$1]) } / Double(size)
            let squares = members.reduce(0.0) {
                $0 + Double(variance[$1]) + (Double(mean[$1]) - center) * (Double(mean[$1]) - center)
            }
            let r = Float(1 / (squares / Double(size) + Double(epsilon)).squareRoot())
            for c in members { (mean[c], variance[c]) = (Float(center), r) }
        }
    }

    private func sizes(_ shape: Shape) -> (samples: Int, rows: Int, channels: Int) {
        require(shape.rank >= 2 && shape.count > 0, "group normalization: [n, …, channels] is needed, found \(shape)")
        return (shape[0], shape.count / shape[0] / shape.innermost, shape.innermost)
    }

    // With x̂ = (x - μ)·r, g = ȳ·γ and means over the terms of a group: x̄ = r·(g - mean(g) - x̂·mean(g·x̂)), γ̄ = Σ ȳ·x̂, β̄ = Σ ȳ
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        saved.recordsGraph ? recordedGradient(cotangent, saved) : fusedGradient(cotangent, saved)
    }

    private func recordedGradient(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        let (samples, rows, channels) = sizes(saved.inputShapes[0])
        let split: Shape = [samples, rows, groups, channels / groups]
        let share = 1 / Float(rows * (channels / groups))
        func mean(_ t: Tensor) -> Tensor { t.sum(to: [samples, 1, groups, 1]) * share }
        let x = saved.inputs[0].reshaped(to: split)
        // twice: what rounding leaves of a mean that is far from 0
        let once = x - mean(x)
        let centered = once - mean(once)
        let r = Tensor(1) / (mean(centered * centered) + epsilon).squareRoot()
        let normal = centered * r
        let y = cotangent.reshaped(to: split)
        let g = y * saved.inputs[1].reshaped(to: [groups, channels / groups])
        return [
            (r * (g - mean(g) - normal * mean(g * normal))).reshaped(to: saved.inputShapes[0]),
            (y * normal).reshaped(to: saved.inputShapes[0]).sum(to: [channels]), cotangent.sum(to: [channels]),
        ]
    }

    private func fusedGradient(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        let (x, gamma) = (saved.inputs[0], saved.inputs[1].buffer.pointer)
        let (samples, rows, channels) = sizes(x.shape)
        let (size, share) = (channels / groups, 1 / Float(rows * (channels / groups)))
        let zero = [Float](repeating: 0, count: channels)
        var (sum, product, a, b, c) = (zero, zero, zero, zero, zero)
        let (gammaGradient, betaGradient) = (
            Tensor(repeating: 0, shape: [channels]), Tensor(repeating: 0, shape: [channels])
        )
        let xGradient = Tensor(shape: x.shape) { out in
            for sample in 0..<samples {
                let offset = sample * rows * channels
                let (mean, r) = (saved.kept[0].row(sample), saved.kept[1].row(sample))
                let own = x.span(ofSample: sample)
                let from = own.without(saved.kept[2].row(sample)) ?? own
                var form = lockstep_channel_gradient(
                    cotangent: cotangent.buffer.pointer + offset, x: from.buffer.pointer, output: nil, scale: nil,
                    shift: nil, rows: rows, channels: channels)
                // the pointers in `form` are those of `cotangent` and `from`
                defer { withExtendedLifetime((cotangent, from)) {} }
                lockstep_channel_gradient_sums(&form, mean, nil, &sum, &product)
                for group in 0..<groups {
                    let members = (group * size)..<((group + 1) * size)
                    let meanG = members.reduce(Float(0)) { $0 + gamma[$1] * sum[$1] } * share
                    let meanProduct = members.reduce(Float(0)) { $0 + gamma[$1] * product[$1] } * share
                    for k in members {
                        a[k] = gamma[k] * r[k]
                        b[k] = -r[k] * r[k] * r[k] * meanProduct
                        c[k] = -r[k] * meanG - b[k] * mean[k]
                        gammaGradient.buffer.pointer[k] += r[k] * product[k]
                        betaGradient.buffer.pointer[k] += sum[k]
                    }
                }
                lockstep_channel_gradient_apply(&form, a, b, c, out.baseAddress! + offset)
            }
        }
        return [xGradient, gammaGradient, betaGradient]
    }
}

extension Tensor {
    /// The elements of a matrix's row, owned by the tensor.
    fileprivate func row(_ row: Int) -> UnsafeMutablePointer<Float> { buffer.pointer + row * shape.innermost }

    /// The elements of one sample, [rows, channels], in the tensor's memory.
    fileprivate func span(ofSample sample: Int) -> Tensor {
        let count = shape.count / shape[0]
        return Tensor(
            buffer: Buffer(sliceOf: buffer, (sample * count)..<((sample + 1) * count)),
            shape: [count / shape.innermost, shape.innermost])
    }

    /// [rows, channels] less a number for each channel; nil where all of them are 0.
    fileprivate func without(_ offset: UnsafePointer<Float>) -> Tensor? {
        let offset = Tensor(Array(UnsafeBufferPointer(start: offset, count: shape.innermost)))
        return offset.values.contains { $0 != 0 } ? detached - offset : nil
    }

    /// `weight·(x - mean)/√(variance + ε) + bias`, with the moments of each sample over its pixels or time steps and a
    /// group's channels.
    ///
    /// x [n, …, channels], weight and bias [channels]. Source: Wu and He, 2018.
    public func groupNormalized(groups: Int, weight: Tensor, bias: Tensor, epsilon: Float = 1e-5) -> Tensor {
        require(groups >= 1, "group normalization: at least 1 group is needed, found \(groups)")
        return GroupNormalization(groups: groups, epsilon: epsilon)(self, weight, bias)
    }
}
