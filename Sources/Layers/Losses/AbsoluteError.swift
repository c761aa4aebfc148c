import Preconditions
public import TensorEngine

/// The absolute difference of prediction and target; one term for each element. The derivative at 0 is 0.
/// - Parameters:
///   - predictions: any shape
///   - targets: the same shape
public func absoluteError(_ predictions: Tensor, _ targets: Tensor) -> SummedLoss {
    require(
        predictions.shape == targets.shape,
        "absoluteError: the predictions' shape \(predictions.shape) is not the targets' \(targets.shape)")
    return SummedLoss(sum: (predictions - targets).absoluteValue().sum(), count: targets.shape.count)
}
