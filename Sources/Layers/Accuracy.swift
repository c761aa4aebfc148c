import Preconditions
public import TensorEngine

/// How many rows of `logits` [n, classes] have their largest element at their label; of equal elements the first
/// counts.
public func correctCount(_ logits: Tensor, _ labels: Indices) -> Int {
    require(
        logits.shape.rank == 2 && logits.shape[0] == labels.count,
        "correctCount: \(labels.count) labels do not fit the logits' shape \(logits.shape)")
    let columns = logits.shape[1]
    return logits.withElements { elements in
        labels.values.enumerated().count { row, label in
            let scores = elements[(row * columns)..<((row + 1) * columns)]
            let best = scores.indices.max { scores[$0] < scores[$1] || (scores[$0] == scores[$1] && $0 > $1) }
            return best.map { $0 - row * columns } == Int(label)
        }
    }
}
