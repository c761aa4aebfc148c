/// `second(first(x, …), y, …)`, of which the inputs are kept and `first` is computed again in the backward pass: that costs
/// little beside `second`, and its result would take memory until then.
///
/// The inputs are those of `first`, of which there are `firstCount`, and then those of `second` behind its first one.
struct CheapInput<First: Primitive, Second: Primitive>: Primitive {
    static var saves: SavedValues { .inputs }

    let first: First
    let second: Second
    let firstCount: Int

    /// Composes operations whose cotangents need no output: that is not kept.
    init(_ first: First, taking firstCount: Int, _ second: Second) {
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
            saved.of([middle] + saved.inputs[firstCount...], needs: [needs.contains(true)] + saved.needs[firstCount...])
        )
        let before = results[0].map { first.vjp($0, saved.of(inputs, needs: needs, kept: kept)) }
        return (before ?? inputs.map { _ in nil }) + results.dropFirst()
    }
}

extension Saved {
    /// What an operation within this one finds.
    fileprivate func of(_ inputs: [Tensor], needs: [Bool], kept: [Tensor] = []) -> Saved {
        Saved(
            inputs: inputs, savedOutput: nil, kept: kept, inputShapes: inputs.map(\.shape), needs: needs,
            recordsGraph: false)
    }
}

extension Tensor {
    /// `gelu(self)·weight [+ bias]` for rows [n, inputs]; keeps only self for the backward pass.
    public func geluThenLinear(weight: Tensor, bias: Tensor? = nil) -> Tensor {
        linear(of: GELU(usesTanh: false), [self], weight, bias)
    }

    /// `layerNormalized(self)·weight [+ bias]` for rows [n, inputs]; keeps only self for the backward pass.
    /// - Parameters:
    ///   - scale: the factors of the normalization, [inputs].
    ///   - shift: its shifts, [inputs], if there are any.
    public func layerNormalizedThenLinear(
        scale: Tensor, shift: Tensor? = nil, epsilon: Float = 1e-5, weight: Tensor, bias: Tensor? = nil
    ) -> Tensor {
        checkNormalization(scale, shift, "layer normalization")
        return linear(
            of: NormalizeRows(epsilon: epsilon, centers: true), [self, scale] + (shift.map { [$0] } ?? []), weight, bias
        )
    }

    private func linear(of first: some Primitive, _ inputs: [Tensor], _ weight: Tensor, _ bias: Tensor?) -> Tensor {
        guard let bias else {
            return CheapInput(first, taking: inputs.count, MatrixMultiply()).applied(to: inputs + [weight])
        }
        return CheapInput(first, taking: inputs.count, LinearTransform()).applied(to: inputs + [weight, bias])
    }
}
