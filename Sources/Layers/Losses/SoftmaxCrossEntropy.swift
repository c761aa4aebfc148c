import Preconditions
public import TensorEngine

/// The cross-entropy in nats of `softmax(logits)` with the labels; one term for each row.
/// - Parameters:
///   - logits: [n, classes]
///   - labels: [n], each in 0..<classes
public func softmaxCrossEntropy(_ logits: Tensor, _ labels: Indices) -> SummedLoss {
    SummedLoss(sum: logits.softmaxCrossEntropy(labels: labels).sum(), count: labels.count)
}

/// The cross-entropy in nats of `softmax(logits)` with a distribution for each row, `-Σ t·ln softmax(x)`; one term for
/// each row.
/// - Parameters:
///   - logits: [n, classes]
///   - targets: [n, classes], each row a distribution
///   - classWeights: [classes], factors of the summands; all 1 when nil. They do not change the count.
public func softmaxCrossEntropy(_ logits: Tensor, targets: Tensor, classWeights: Tensor? = nil) -> SummedLoss {
    require(
        logits.shape.rank == 2 && targets.shape == logits.shape
            && (classWeights == nil || classWeights!.shape == [logits.shape[1]]),
        "softmaxCrossEntropy: logits \(logits.shape), targets \(targets.shape) and class weights \(classWeights.map { "\($0.shape)" } ?? "none") do not fit [n, classes], [n, classes], [classes]"
    )
    let weighted = classWeights.map { targets * $0 } ?? targets
    return SummedLoss(sum: -(weighted * logits.logSoftmax()).sum(), count: logits.shape[0])
}

/// The cross-entropy in nats of `softmax(logits)` with weighted, smoothed or partly ignored labels; each row that isn't
/// ignored counts with the weight of its label.
///
/// The target of a row is `(1 - ε)` at its label and `ε / classes` everywhere (Szegedy et al., "Rethinking the
/// Inception architecture", 2016); each class's summand is multiplied by the weight of that class.
/// - Parameters:
///   - logits: [n, classes]
///   - labels: [n], each in 0..<classes or the ignored label
///   - classWeights: [classes], none negative; all 1 when nil
///   - labelSmoothing: ε in [0, 1]
///   - ignoredLabel: rows with this label have no loss, no gradient and no count; it may lie outside of 0..<classes
public func softmaxCrossEntropy(
    _ logits: Tensor, _ labels: Indices, classWeights: Tensor? = nil, labelSmoothing: Float = 0,
    ignoredLabel: Int? = nil
) -> SummedLoss {
    require(
        logits.shape.rank == 2 && logits.shape[0] == labels.count,
        "softmaxCrossEntropy: \(labels.count) labels do not fit the logits' shape \(logits.shape)")
    let classes = logits.shape[1]
    require(
        classWeights == nil || classWeights!.shape == [classes],
        "softmaxCrossEntropy: \(classes) class weights are needed, found the shape \(classWeights?.shape ?? [])")
    require(
        labelSmoothing >= 0 && labelSmoothing <= 1,
        "softmaxCrossEntropy: label smoothing must be in [0, 1], found \(labelSmoothing)")
    let weights = classWeights?.values ?? [Float](repeating: 1, count: classes)
    let isIgnored = labels.values.map { Int($0) == ignoredLabel }
    let used = Indices(zip(labels.values, isIgnored).map { $1 ? 0 : $0 })
    for label in used.values {
        require(
            label >= 0 && Int(label) < classes, "softmaxCrossEntropy: label \(label) is outside 0..<\(classes)")
    }
    let rowWeights = zip(used.values, isIgnored).map { $1 ? 0 : weights[Int($0)] }
    let count = rowWeights.reduce(0.0) { $0 + Double($1) }
    if labelSmoothing == 0 {
        let losses = logits.softmaxCrossEntropy(labels: used)
        return SummedLoss(sum: (losses * Tensor(rowWeights)).sum(), weightSum: count)
    }
    let spread = labelSmoothing / Float(classes)
    let targets = Tensor(shape: logits.shape) { elements in
        for (row, label) in used.values.enumerated() {
            for index in 0..<classes {
                let share = (index == Int(label) ? 1 - labelSmoothing : 0) + spread
                elements[row * classes + index] = isIgnored[row] ? 0 : share * weights[index]
            }
        }
    }
    return SummedLoss(sum: -(targets * logits.logSoftmax()).sum(), weightSum: count)
}
