import Preconditions
public import TensorEngine

/// The hinge loss of two classes, `max(0, margin - t·x)`; one term for each element. Source: Cortes and Vapnik, 1995.
/// - Parameters:
///   - scores: any shape
///   - targets: the same shape, each -1 or 1
public func hingeLoss(_ scores: Tensor, _ targets: Tensor, margin: Float = 1) -> SummedLoss {
    require(
        scores.shape == targets.shape,
        "hingeLoss: the scores' shape \(scores.shape) is not the targets' \(targets.shape)")
    return SummedLoss(sum: (margin - targets * scores).relu().sum(), count: scores.shape.count)
}

/// The hinge loss of several classes, `Σ_{k ≠ label} max(0, margin + x[k] - x[label]) / classes`; one term for each row.
///
/// Source: Weston and Watkins, 1999, divided by the number of classes as PyTorch does.
/// - Parameters:
///   - scores: [n, classes]
///   - labels: [n], each in 0..<classes
public func multiClassHingeLoss(_ scores: Tensor, _ labels: Indices, margin: Float = 1) -> SummedLoss {
    let own = scores.gathered(columns: labels).reshaped(to: [labels.count, 1])
    let classes = scores.shape[1]
    // a constant that leaves the label's own column out
    let others = Tensor(shape: scores.shape) { elements in
        elements.update(repeating: 1)
        for (row, label) in labels.values.enumerated() { elements[row * classes + Int(label)] = 0 }
    }
    let terms = (margin + (scores - own)).relu() * others
    return SummedLoss(sum: terms.sum() / Float(classes), count: labels.count)
}
