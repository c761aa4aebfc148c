import Layers
public import TensorEngine

/// Some classified test samples: what each score needs of every one.
public struct ClassifiedSamples: Sendable, Equatable {
    /// What stands for no prediction: no class, known or unknown.
    public static let noPrediction = Int32.min

    /// The number of classes that the model knows.
    public let classes: Int
    /// The true class of each sample; below 0: one that the model does not know.
    public private(set) var labels: [Int32] = []
    /// The class of the largest logit, of equal ones the first; `noPrediction` where a logit is not finite.
    public private(set) var predictions: [Int32] = []
    /// How many classes have a larger logit than the true one, or an equal one before it; `classes` where it is unknown.
    public private(set) var ranks: [Int32] = []
    /// The softmax of the logits, [samples, classes].
    public private(set) var probabilities: [Float] = []

    /// The samples of logits [n, classes] and labels [n].
    public init(_ logits: Tensor, _ labels: Indices) {
        classes = logits.shape[1]
        self.labels = labels.values
        let classes = classes
        logits.withElements { elements in
            for (row, label) in labels.values.enumerated() {
                let scores = elements[(row * classes)..<((row + 1) * classes)]
                let start = scores.startIndex
                guard scores.allSatisfy({ $0 < .infinity }) else {  // false for nan, too
                    predictions.append(Self.noPrediction)
                    ranks.append(Int32(classes))
                    continue
                }
                var best = 0
                for index in 1..<max(1, classes) where scores[start + index] > scores[start + best] { best = index }
                predictions.append(Int32(best))
                guard label >= 0, label < classes else {
                    ranks.append(Int32(classes))
                    continue
                }
                let own = scores[start + Int(label)]
                let rank = (0..<classes).count {
                    scores[start + $0] > own || (scores[start + $0] == own && $0 < Int(label))
                }
                ranks.append(Int32(rank))
            }
        }
        probabilities = logits.softmax().values
    }

    /// How many were classified right.
    public var correct: Int { zip(labels, predictions).count { $0 == $1 && $0 >= 0 } }

    /// Whether every logit was finite.
    public var areFinite: Bool { !predictions.contains(Self.noPrediction) }

    /// Appends the samples of another block of the same model.
    public mutating func append(_ other: ClassifiedSamples) {
        labels += other.labels
        predictions += other.predictions
        ranks += other.ranks
        probabilities += other.probabilities
    }
}

extension EvaluationSums {
    /// The sums of a classification with these logits [n, classes].
    ///
    /// A label below 0 is a class that the model does not know: the sample counts as wrong, and has no loss.
    /// - Parameter classWeights: [classes], as the training's loss has them.
    public init(classifying logits: Tensor, _ labels: Indices, classWeights: Tensor? = nil) {
        let isKnown = labels.values.allSatisfy { $0 >= 0 }
        let loss: SummedLoss
        if isKnown && classWeights == nil {
            loss = softmaxCrossEntropy(logits, labels)
        } else {
            let known = Indices(labels.values.map { max($0, -1) })
            loss = softmaxCrossEntropy(logits, known, classWeights: classWeights, ignoredLabel: -1)
        }
        let classified = ClassifiedSamples(logits, labels)
        self.init(
            loss: classified.areFinite ? Double(loss.sum.scalar) : .nan, terms: loss.count, correct: classified.correct,
            samples: labels.count)
        self.classified = classified
    }
}

extension [EvaluationSums] {
    /// All of them together, where everything is classified.
    public var total: EvaluationSums {
        reduce(into: EvaluationSums(loss: 0, terms: 0, correct: 0, samples: 0)) { total, sums in
            total.loss += sums.loss
            total.terms += sums.terms
            total.correct = (total.correct ?? 0) + (sums.correct ?? 0)
            total.samples += sums.samples
            if let classified = sums.classified {
                if total.classified == nil {
                    total.classified = classified
                } else {
                    total.classified?.append(classified)
                }
            }
        }
    }
}
