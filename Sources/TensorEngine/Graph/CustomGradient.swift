import Preconditions

/// `forward(inputs)` with a backward rule of its own: gradient reversal, straight-through estimators, surrogate
/// gradients, relevance propagation. PyTorch's `autograd.Function`.
///
/// Gradients flow into `inputs` alone, by what `vjp` returns; a tracked tensor that `forward` takes from elsewhere is
/// refused. Where the result is differentiated twice, `vjp` itself is differentiated, so it is to be written in tensor
/// operations. An operation that keeps further values for its backward rule is a `Primitive`.
/// - Parameters:
///   - forward: computes the output; its arguments are not tracked.
///   - vjp: given the cotangent of the output, the inputs and the output, returns for each input its cotangent, of its
///     shape or one that it broadcasts to, or nil for none.
public func customGradient(
    _ inputs: [Tensor], forward: @escaping ([Tensor]) -> Tensor,
    vjp: @escaping (_ cotangent: Tensor, _ inputs: [Tensor], _ output: Tensor) -> [Tensor?]
) -> Tensor {
    CustomGradient(compute: forward, rule: vjp).applied(to: inputs)
}

/// As the form of several inputs, of one.
public func customGradient(
    _ input: Tensor, forward: @escaping (Tensor) -> Tensor,
    vjp: @escaping (_ cotangent: Tensor, _ input: Tensor, _ output: Tensor) -> Tensor
) -> Tensor {
    customGradient([input], forward: { forward($0[0]) }, vjp: { [vjp($0, $1[0], $2)] })
}

/// The operation of `customGradient`.
///
/// `@unchecked Sendable`: as its node, used by one thread at a time.
private struct CustomGradient: Primitive, @unchecked Sendable {
    static let saves: SavedValues = [.inputs, .output]

    let compute: ([Tensor]) -> Tensor
    let rule: (Tensor, [Tensor], Tensor) -> [Tensor?]

    func forward(_ inputs: [Tensor]) -> Tensor {
        let output = compute(inputs.map(\.detached))
        require(
            !output.isTracked,
            "customGradient: forward uses a tracked tensor that is not among its inputs; pass it as one, or detach it")
        return output
    }

    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        let cotangents = rule(cotangent, saved.inputs, saved.output)
        require(
            cotangents.count == saved.inputs.count,
            "customGradient: vjp returned \(cotangents.count) cotangents for \(saved.inputs.count) inputs")
        for (found, shape) in zip(cotangents, saved.inputShapes) {
            require(
                found.map { shape.broadcast(with: $0.shape) == $0.shape } ?? true,
                "customGradient: vjp returned a cotangent of shape \(found?.shape ?? []) for an input of shape \(shape)"
            )
        }
        return cotangents
    }
}
