import Preconditions
public import TensorEngine

/// A loss of classification, in nats of `p = softmax(logits)` at the label y.
public enum ClassificationLoss: Sendable, Equatable {
    /// `-ln p_y`.
    case crossEntropy
    /// `-α·ln p_y + β·4·(1 - p_y)`: with the reverse cross-entropy, in which the logarithm of 0 is -4.
    ///
    /// Source: Wang et al., "Symmetric cross entropy for robust learning with noisy labels", 2019.
    case symmetric(alpha: Float, beta: Float)
    /// `(1 - p_y^q) / q`, q in (0, 1]: between the cross-entropy (q → 0) and the mean absolute error (q = 1).
    ///
    /// Source: Zhang, Sabuncu, "Generalized cross entropy loss for training deep neural networks with noisy labels",
    /// 2018.
    case generalized(q: Float)
    /// `-β·ln p_y - (1 - β)·Σ p·ln p`. Source: Reed et al., "Training deep neural networks on noisy labels with
    /// bootstrapping", 2014.
    case softBootstrap(beta: Float)
    /// `-β·ln p_y - (1 - β)·ln max p`, of the same source.
    case hardBootstrap(beta: Float)
    /// `-(1 - p_y)^γ·ln p_y`. Source: Lin et al., "Focal loss for dense object detection", 2017.
    case focal(gamma: Float)

    /// The loss of each row for each class as its label [n, classes], and what it has whichever is its label [n, 1].
    fileprivate func terms(_ logits: Tensor) -> (perClass: Tensor, common: Tensor?) {
        let logarithms = logits.logSoftmax()
        switch self {
        case .crossEntropy: return (-1 * logarithms, nil)
        case .symmetric(let alpha, let beta):
            return (logarithms * -alpha + (1 - logarithms.exp()) * (4 * beta), nil)
        case .generalized(let q): return ((1 - (logarithms * q).exp()) * (1 / q), nil)
        case .softBootstrap(let beta):
            return (logarithms * -beta, (logarithms.exp() * logarithms).sum(alongAxis: 1) * (beta - 1))
        case .hardBootstrap(let beta):
            let likeliest = logits.detached.argmax(alongAxis: 1)
            let rows = likeliest.oneHot(classes: logits.shape[1])
            return (logarithms * -beta, (rows * logarithms).sum(alongAxis: 1) * (beta - 1))
        case .focal(let gamma):
            if gamma == 0 { return (-1 * logarithms, nil) }
            // p rounds to 1 where it is likely: its complement is kept from 0, whose power has no finite derivative
            let rest = maximum(1 - logarithms.exp(), 1e-7)
            return (-1 * (rest.pow(gamma) * logarithms), nil)
        }
    }
}

/// A loss of classification with the labels; each row that is not ignored counts with the weight of its class.
/// - Parameters:
///   - logits: [n, classes]
///   - labels: [n], each in 0..<classes or the ignored label
///   - classWeights: [classes], none negative; all 1 when nil
///   - sampleWeights: a further weight for each row; all 1 when nil
///   - ignoredLabel: rows with this label have no loss, no gradient and no count
public func classificationLoss(
    _ loss: ClassificationLoss, _ logits: Tensor, _ labels: Indices, classWeights: Tensor? = nil,
    sampleWeights: [Float]? = nil, ignoredLabel: Int? = nil
) -> SummedLoss {
    if loss == .crossEntropy, sampleWeights == nil {
        guard classWeights != nil || ignoredLabel != nil else { return softmaxCrossEntropy(logits, labels) }
        return softmaxCrossEntropy(logits, labels, classWeights: classWeights, ignoredLabel: ignoredLabel)
    }
    require(
        logits.shape.rank == 2 && logits.shape[0] == labels.count
            && (classWeights == nil || classWeights!.shape == [logits.shape[1]]),
        "classificationLoss: logits \(logits.shape), \(labels.count) labels and class weights \(classWeights.map { "\($0.shape)" } ?? "none") do not fit"
    )
    let classes = logits.shape[1]
    let isIgnored = labels.values.map { Int($0) == ignoredLabel }
    for (label, isIgnored) in zip(labels.values, isIgnored) where !isIgnored {
        require(
            label >= 0 && Int(label) < classes, "classificationLoss: label \(label) is outside 0..<\(classes)")
    }
    let weights = classWeights?.values
    let rowWeights = labels.values.indices.map { row -> Float in
        isIgnored[row] ? 0 : (sampleWeights?[row] ?? 1) * (weights?[Int(labels.values[row])] ?? 1)
    }
    let used = Indices(zip(labels.values, isIgnored).map { $1 ? 0 : $0 })
    let (perClass, common) = loss.terms(logits)
    let own = (perClass * used.oneHot(classes: classes)).sum(alongAxis: 1)
    let rows = Tensor(rowWeights, shape: [labels.count, 1])
    return SummedLoss(
        sum: ((common.map { own + $0 } ?? own) * rows).sum(), weightSum: rowWeights.reduce(0.0) { $0 + Double($1) })
}

/// A loss of classification with a distribution for each row: the mean of the losses of its classes; one term for each
/// row.
/// - Parameters:
///   - logits: [n, classes]
///   - targets: [n, classes], each row a distribution
///   - classWeights: [classes], factors of the summands; all 1 when nil. They do not change the count.
public func classificationLoss(
    _ loss: ClassificationLoss, _ logits: Tensor, targets: Tensor, classWeights: Tensor? = nil
) -> SummedLoss {
    if loss == .crossEntropy { return softmaxCrossEntropy(logits, targets: targets, classWeights: classWeights) }
    require(
        logits.shape.rank == 2 && targets.shape == logits.shape,
        "classificationLoss: logits \(logits.shape) and targets \(targets.shape) do not fit")
    let weighted = classWeights.map { targets * $0 } ?? targets
    let (perClass, common) = loss.terms(logits)
    var sum = (perClass * weighted).sum()
    if let common { sum = sum + (common * weighted.sum(alongAxis: 1)).sum() }
    return SummedLoss(sum: sum, count: logits.shape[0])
}
