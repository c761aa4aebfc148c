import Preconditions
public import TensorEngine

/// Half the squared difference d² / 2 of prediction and target within `delta`, `delta`·(|d| - `delta`/2) beyond; one
/// term for each element. Source: Huber, 1964.
/// - Parameters:
///   - predictions: any shape
///   - targets: the same shape
///   - delta: where the square ends, above 0
public func huberError(_ predictions: Tensor, _ targets: Tensor, delta: Float = 1) -> SummedLoss {
    require(
        predictions.shape == targets.shape,
        "huberError: the predictions' shape \(predictions.shape) is not the targets' \(targets.shape)")
    require(delta > 0, "huberError: delta must be above 0, found \(delta)")
    return SummedLoss(sum: (predictions - targets).huber(delta: delta).sum(), count: targets.shape.count)
}
