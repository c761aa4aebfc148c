import Kernels

/// `second(first(x, …), y, …)`, of which only the inputs are saved: `first`, which is cheap compared with `second`, is
/// recomputed in the backward pass instead of keeping its result until then.
///
/// The inputs are the `firstCount` inputs of `first`, then those of `second` after its first one.
struct RecomputedInput<First: Primitive, Second: Primitive>: Primitive {
    static var saves: SavedValues { .inputs }

    let first: First
    let second: Second
    let firstCount: Int

    /// Composes operations whose vector-Jacobian products don't need their outputs, which are not saved.
    init(_ first: First, inputCount firstCount: Int, _ second: Second) {
        (self.first, self.second, self.firstCount) = (first, second, firstCount)
    }

    func forward(_ inputs: [Tensor]) -> Tensor {
        second.forward([first.forward(Array(inputs[..<firstCount]))] + inputs[firstCount...])
    }

    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        if saved.recordsGraph {
            return vjpByComposition(cotangent, saved) {
                second.applied(to: [first.applied(to: Array($0[..<firstCount]))] + $0[firstCount...])
            }
        }
        let (inputs, needs) = (Array(saved.inputs[..<firstCount]), Array(saved.needs[..<firstCount]))
        let (middle, kept) = first.forwardKeeping(inputs)
        let results = second.vjp(
            cotangent,
            saved.of(
                [middle] + saved.inputs[firstCount...], needs: [needs.contains(true)] + saved.needs[firstCount...],
                outs: saved.outs.isEmpty ? [] : [nil] + saved.outs[firstCount...])
        )
        let before = results[0].map { first.vjp($0, saved.of(inputs, needs: needs, kept: kept)) }
        return (before ?? inputs.map { _ in nil }) + results.dropFirst()
    }
}

extension Saved {
    /// The saved values of an operation within this one.
    fileprivate func of(
        _ inputs: [Tensor], needs: [Bool], kept: [Tensor] = [], outs: [Buffer?] = []
    ) -> Saved {
        Saved(
            inputs: inputs, savedOutput: nil, kept: kept, inputShapes: inputs.map(\.shape), needs: needs,
            recordsGraph: false, outs: outs)
    }
}

extension Tensor {
    /// `gelu(self)·weight [+ bias]` for rows [n, inputs]; keeps only self for the backward pass.
    public func geluThenLinear(weight: Tensor, bias: Tensor? = nil) -> Tensor {
        linear(of: GELU(usesTanh: false), [self], weight, bias)
    }

    /// `layerNormalized(self)·weight [+ bias]` for rows [n, inputs]; keeps only self for the backward pass.
    /// - Parameters:
    ///   - normWeight: the weight of the normalization, [inputs].
    ///   - normBias: its bias, [inputs], if it has one.
    public func layerNormalizedThenLinear(
        normWeight: Tensor, normBias: Tensor? = nil, epsilon: Float = 1e-5, weight: Tensor, bias: Tensor? = nil
    ) -> Tensor {
        checkNormalization(normWeight, normBias, "layer normalization")
        return linear(
            of: NormalizeRows(epsilon: epsilon, centers: true), [self, normWeight] + (normBias.map { [$0] } ?? []),
            weight,
            bias
        )
    }

    private func linear(of first: some Primitive, _ inputs: [Tensor], _ weight: Tensor, _ bias: Tensor?) -> Tensor {
        guard let bias else {
            return RecomputedInput(first, inputCount: inputs.count, MatrixMultiply()).applied(to: inputs + [weight])
        }
        return RecomputedInput(first, inputCount: inputs.count, LinearTransform()).applied(to: inputs + [weight, bias])
    }
}
