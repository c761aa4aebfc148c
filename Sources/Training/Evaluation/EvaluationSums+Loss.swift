public import TensorEngine

extension EvaluationSums {
    /// The scores of a loss over `samples` samples.
    public init(_ loss: SummedLoss, correct: Int? = nil, samples: Int, details: [Double] = []) {
        self.init(
            loss: Double(loss.sum.scalar), terms: loss.count, correct: correct, samples: samples, details: details)
    }

    /// The accuracy of the largest logit [n, classes], beside a loss that is not their cross-entropy.
    public init(classifying logits: Tensor, _ labels: Indices, loss: SummedLoss, details: [Double] = []) {
        self.init(classifying: logits, labels)
        (self.loss, terms, self.details) = (Double(loss.sum.scalar), loss.count, details)
    }

    /// The metrics of details that are a count, and for each name a sum over as many: their means.
    public static func means(_ details: [Double], _ names: [String]) -> [String: Double] {
        guard let count = details.first, count > 0, details.count == names.count + 1 else { return [:] }
        return Dictionary(uniqueKeysWithValues: zip(names, details.dropFirst().map { $0 / count }))
    }
}

extension Indices {
    /// The number of elements that equal those of `others` at the same index, such as right answers.
    public func matches(_ others: Indices) -> Int { zip(values, others.values).count { $0 == $1 } }
}
