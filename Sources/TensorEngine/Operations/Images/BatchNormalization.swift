import CKernels
import Kernels
import Preconditions

/// `γ·(x - μ)/√(σ² + ε) + β [+ addend] [then ReLU]`, with mean μ and variance σ² of each channel over all else.
///
/// μ and σ² are arguments, since the layer needs them too; the derivative accounts for their dependence on x.
struct BatchNormalization: Primitive {
    static let saves: SavedValues = [.inputs, .output]
    let moments: ChannelMoments
    let epsilon: Float
    var hasReLU = false

    func forward(_ inputs: [Tensor]) -> Tensor {
        let (x, scale) = (inputs[0], coefficients(inputs[1], inputs[2]))
        return ChannelAffine.compute(
            x, scale.scale, scale.shift, addend: inputs.count > 3 ? inputs[3] : nil, hasReLU: hasReLU)
    }

    /// y = x·scale + shift.
    private func coefficients(_ gamma: Tensor, _ beta: Tensor) -> (scale: Tensor, shift: Tensor) {
        require(
            gamma.shape == moments.mean.shape && beta.shape == gamma.shape,
            "batch normalization: weight \(gamma.shape) and bias \(beta.shape) do not fit \(moments.mean.shape) channels"
        )
        let scale = gamma.detached / (moments.variance + epsilon).squareRoot()
        return (scale, beta.detached - moments.mean * scale)
    }

    // z̄ = ȳ where y > 0 (with ReLU). With x̂ = (x - μ)·r, r = 1/√(σ² + ε), and means over the m terms of a channel:
    // x̄ = γ·r·(z̄ - mean(z̄) - x̂·mean(z̄·x̂)), γ̄ = Σ z̄·x̂, β̄ = Σ z̄, addend's = z̄
    // With the moments of all shards, m and the means are those of all, γ̄ and β̄ are this shard's.
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        saved.recordsGraph ? recordedGradient(cotangent, saved) : fusedGradient(cotangent, saved)
    }

    private func recordedGradient(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        require(
            moments.exchange == nil,
            "batch normalization: synchronized moments have first derivatives only, and a second one was asked for")
        let z = hasReLU ? ReLUGradient()(cotangent, saved.output.detached) : cotangent
        let (x, gamma) = (saved.inputs[0], saved.inputs[1])
        let share = 1 / Float(x.shape.outerCount)
        func mean(_ t: Tensor) -> Tensor { t.sum(to: gamma.shape) * share }
        let centered = x - mean(x)
        let r = Tensor(1) / (mean(centered * centered) + epsilon).squareRoot()
        let normal = centered * r
        let results: [Tensor?] = [
            gamma * r * (z - mean(z) - normal * mean(z * normal)), (z * normal).sum(to: gamma.shape),
            z.sum(to: gamma.shape),
        ]
        return saved.inputShapes.count > 3 ? results + [z] : results
    }

    /// The sums over all shards where the moments are of all.
    private func wholeSums(_ sum: Tensor, _ product: Tensor) -> [Tensor] {
        guard let exchange = moments.exchange else { return [sum, product] }
        let both = exchange.allReduce(sum: .concatenated([sum, product], alongAxis: 0))
        let channels = sum.shape.count
        return [both.slice(0..<channels, alongAxis: 0), both.slice(channels..<(2 * channels), alongAxis: 0)]
    }

    private func fusedGradient(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        let (x, gamma) = (saved.inputs[0], saved.inputs[1].detached)
        let (rows, channels) = (x.shape.outerCount, x.shape.innermost)
        let hasAddend = saved.inputShapes.count > 3
        // Where y > 0: by y itself when something was added, else from x again, which is read anyway.
        let own = hasReLU && !hasAddend ? coefficients(gamma, saved.inputs[2]) : nil
        var form = lockstep_channel_gradient(
            cotangent: cotangent.buffer.pointer, x: x.buffer.pointer,
            output: hasReLU && hasAddend ? saved.output.buffer.pointer : nil, scale: own?.scale.buffer.pointer,
            shift: own?.shift.buffer.pointer, rows: rows, channels: channels)
        let masked = hasReLU && hasAddend ? Tensor(shape: x.shape) { _ in } : nil
        let (sum, product) = (Tensor(shape: gamma.shape) { _ in }, Tensor(shape: gamma.shape) { _ in })
        // The pointers in `form` are those of `own`, the cotangent and the saved values.
        return withExtendedLifetime((own, saved, cotangent)) {
            lockstep_channel_gradient_sums(
                &form, moments.mean.buffer.pointer, masked?.buffer.pointer, sum.buffer.pointer, product.buffer.pointer)
            let r = Tensor(1) / (moments.variance + epsilon).squareRoot()
            var xGradient: Tensor?
            if saved.needs[0] {
                if let masked { (form.cotangent, form.output) = (UnsafePointer(masked.buffer.pointer), nil) }
                let whole = wholeSums(sum, product)
                let share = 1 / Float(moments.rows)
                let a = gamma * r
                let b = a * r * r * whole[1] * -share
                let c = a * whole[0] * -share - b * moments.mean
                xGradient = Tensor(shape: x.shape) {
                    lockstep_channel_gradient_apply(
                        &form, a.buffer.pointer, b.buffer.pointer, c.buffer.pointer, $0.baseAddress!)
                }
            }
            return [xGradient, product * r, sum] + (hasAddend ? [masked ?? cotangent] : [])
        }
    }
}

extension Tensor {
    /// `weight·(x - mean)/√(variance + ε) + bias [+ addend] [then ReLU]`, with the moments of `self` per channel (innermost axis).
    ///
    /// `moments` must be `ChannelMoments(of: self)`, synchronized or not. Source: Ioffe and Szegedy, 2015.
    public func batchNormalized(
        _ moments: ChannelMoments, weight: Tensor, bias: Tensor, epsilon: Float = 1e-5, adding addend: Tensor? = nil,
        thenReLU: Bool = false
    ) -> Tensor {
        let operation = BatchNormalization(moments: moments, epsilon: epsilon, hasReLU: thenReLU)
        return addend.map { operation(self, weight, bias, $0) } ?? operation(self, weight, bias)
    }

    /// `x·scale + shift [+ addend] [then ReLU]`, with a scale and a shift for each channel (the innermost axis).
    public func channelAffine(
        scale: Tensor, shift: Tensor, adding addend: Tensor? = nil, thenReLU: Bool = false
    ) -> Tensor {
        let operation = ChannelAffine(hasReLU: thenReLU)
        return addend.map { operation(self, scale, shift, $0) } ?? operation(self, scale, shift)
    }
}
