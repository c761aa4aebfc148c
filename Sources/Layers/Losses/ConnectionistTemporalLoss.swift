import Preconditions
public import TensorEngine

/// Connectionist temporal classification: `-ln p(target | input)` summed over all alignments; one term for each sample,
/// not divided by its length.
///
/// A target that is too long for its input costs infinity, or 0 if the targets say so.
/// Source: Graves, Fernández, Gomez, Schmidhuber, ICML 2006.
/// - Parameters:
///   - logits: [batch, time, classes]
///   - targets: labels, lengths and the blank
public func connectionistTemporalLoss(_ logits: Tensor, _ targets: TemporalTargets) -> SummedLoss {
    require(
        logits.shape.rank == 3, "connectionistTemporalLoss: [batch, time, classes] is needed, found \(logits.shape)")
    return SummedLoss(
        sum: logits.logSoftmax().connectionistTemporalClassification(targets).sum(), count: logits.shape[0])
}
