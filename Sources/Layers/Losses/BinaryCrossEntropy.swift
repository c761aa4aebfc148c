import Preconditions
public import TensorEngine

/// The cross-entropy in nats of `σ(logits)` with targets, `-w·(p·t·ln σ(x) + (1 - t)·ln(1 - σ(x)))`; one term for each
/// element. No overflow and no cancellation for any finite logits.
/// - Parameters:
///   - logits: any shape
///   - targets: the same shape, within [0, 1]
///   - weights: w, broadcast to that shape; all 1 when nil. They do not change the count.
///   - positiveWeights: p, broadcast to that shape, for rare positives; all 1 when nil
public func binaryCrossEntropy(
    _ logits: Tensor, _ targets: Tensor, weights: Tensor? = nil, positiveWeights: Tensor? = nil
) -> SummedLoss {
    require(
        logits.shape == targets.shape,
        "binaryCrossEntropy: the logits' shape \(logits.shape) is not the targets' \(targets.shape)")
    // -ln σ(x) = softplus(-x), -ln(1 - σ(x)) = softplus(x)
    let positive = positiveWeights.map { targets * $0 } ?? targets
    var terms = positive * (-logits).softplus() + (1 - targets) * logits.softplus()
    if let weights { terms = terms * weights }
    require(
        terms.shape == logits.shape,
        "binaryCrossEntropy: the weights do not broadcast to the logits' shape \(logits.shape)")
    return SummedLoss(sum: terms.sum(), count: logits.shape.count)
}
