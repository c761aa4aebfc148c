public import TensorEngine

/// The cross-entropy in nats of `softmax(logits)` with the labels; one term for each row.
/// - Parameters:
///   - logits: [n, classes]
///   - labels: [n], each in 0..<classes
public func softmaxCrossEntropy(_ logits: Tensor, _ labels: Indices) -> SummedLoss {
    SummedLoss(sum: logits.softmaxCrossEntropy(labels: labels).sum(), count: labels.count)
}
