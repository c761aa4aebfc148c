import Preconditions
public import TensorEngine

/// The triplet margin loss, `max(0, |a - p| - |a - n| + margin)` with Euclidean distances; one term for each row.
///
/// Source: Schroff, Kalenichenko, Philbin, "FaceNet", 2015; with distances, not their squares (Balntas et al., 2016).
/// - Parameters:
///   - anchors: [n, features]
///   - positives: the same shape; rows that belong with the anchors
///   - negatives: the same shape; rows that do not
///   - epsilon: added to each difference, so that equal rows have a derivative
public func tripletMarginLoss(
    anchors: Tensor, positives: Tensor, negatives: Tensor, margin: Float = 1, epsilon: Float = 1e-6
) -> SummedLoss {
    require(
        anchors.shape.rank == 2 && positives.shape == anchors.shape && negatives.shape == anchors.shape,
        "tripletMarginLoss: the shapes \(anchors.shape), \(positives.shape), \(negatives.shape) are not all [n, features]"
    )
    let toPositive = anchors - positives + epsilon
    let toNegative = anchors - negatives + epsilon
    func lengths(_ x: Tensor) -> Tensor { (x * x).sum(alongAxis: -1).squareRoot() }
    // |p| - |n| = Σ (p - n)·(p + n) / (|p| + |n|): long distances that differ by little keep the digits of the
    // difference
    let difference =
        ((negatives - positives) * (toPositive + toNegative)).sum(alongAxis: -1)
        / (lengths(toPositive) + lengths(toNegative))
    return SummedLoss(sum: (difference + margin).relu().sum(), count: anchors.shape[0])
}

/// The cosine embedding loss of pairs, `1 - cos` of those that belong together, `max(0, cos - margin)` of others; one
/// term for each row.
/// - Parameters:
///   - first: [n, features]
///   - second: the same shape
///   - areAlike: for each row whether the two belong together
public func cosineEmbeddingLoss(_ first: Tensor, _ second: Tensor, areAlike: [Bool], margin: Float = 0) -> SummedLoss {
    require(
        first.shape.rank == 2 && second.shape == first.shape && areAlike.count == first.shape[0],
        "cosineEmbeddingLoss: the shapes \(first.shape) and \(second.shape) and \(areAlike.count) marks do not fit [n, features], [n, features], [n]"
    )
    // ε under the roots keeps rows of zeros finite
    let distance = first.cosineDistance(to: second, epsilon: 1e-12)
    let alike = Tensor(areAlike.map { $0 ? 1 : 0 }, shape: [areAlike.count, 1])
    let terms = alike * distance + (1 - alike) * ((1 - margin) - distance).relu()
    return SummedLoss(sum: terms.sum(), count: areAlike.count)
}
