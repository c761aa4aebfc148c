import Preconditions
public import TensorEngine

/// The divergence in nats of predictions q from targets p, `Σ p·(ln p - ln q)`; one term for each row.
///
/// Source: Kullback and Leibler, 1951.
/// - Parameters:
///   - logPredictions: ln q, [n, classes], as `logSoftmax` makes it
///   - targets: p, the same shape; 0 is allowed, with derivative -∞ where the targets are differentiated too
public func kullbackLeiblerDivergence(_ logPredictions: Tensor, _ targets: Tensor) -> SummedLoss {
    require(
        logPredictions.shape.rank == 2 && logPredictions.shape == targets.shape,
        "kullbackLeiblerDivergence: predictions \(logPredictions.shape) and targets \(targets.shape) are not both [n, classes]"
    )
    return SummedLoss(
        sum: (targets.timesOwnLogarithm() - targets * logPredictions).sum(), count: logPredictions.shape[0])
}
