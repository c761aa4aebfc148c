import Preconditions
public import TensorEngine

/// The squared difference of prediction and target; one term for each element.
/// - Parameters:
///   - predictions: any shape
///   - targets: the same shape
public func squaredError(_ predictions: Tensor, _ targets: Tensor) -> SummedLoss {
    require(
        predictions.shape == targets.shape,
        "squaredError: the predictions' shape \(predictions.shape) is not the targets' \(targets.shape)")
    let difference = predictions - targets
    return SummedLoss(sum: (difference * difference).sum(), count: targets.shape.count)
}
