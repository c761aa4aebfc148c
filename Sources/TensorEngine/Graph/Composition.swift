/// The cotangents of a fused operation's inputs, for when the gradient itself will be differentiated.
///
/// `compute` states the operation in recorded operations. Its inputs here are copies with nodes of their own: only the
/// dependence through this operation counts, although one input may depend on another.
func vjpByComposition(_ cotangent: Tensor, _ saved: Saved, of compute: ([Tensor]) -> Tensor) -> [Tensor?] {
    let inputs = zip(saved.inputs, saved.needs).map { $1 ? Affine(scale: 1)($0) : $0.detached }
    let wanted = inputs.indices.filter { saved.needs[$0] }
    let found = gradients(
        of: (compute(inputs) * cotangent).sum(), withRespectTo: wanted.map { inputs[$0] }, createsGraph: true)
    var results = [Tensor?](repeating: nil, count: inputs.count)
    for (place, gradient) in zip(wanted, found) { results[place] = gradient }
    return results
}
