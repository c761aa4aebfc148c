import Datasets
import Layers
import TensorEngine
import Training

extension TableModel {
    /// The summed loss of rows, one term each: the squared error of the standardized number, or the cross-entropy.
    /// - Parameter classWeights: the weight of each class; nil: all count alike.
    func loss(_ outputs: Tensor, _ batch: TableBatch, classWeights: [Float]? = nil) -> SummedLoss {
        switch schema.target {
        case .number(let mean, let deviation):
            let targets = batch.targets.map { Float(($0 - mean) / deviation) }
            let expected = Tensor(targets, shape: [targets.count, 1])
            guard let weights = batch.weights else { return squaredError(outputs, expected) }
            let difference = outputs - expected
            return SummedLoss(
                sum: (difference * difference * Tensor(weights, shape: [weights.count, 1])).sum(),
                weightSum: weights.reduce(0.0) { $0 + Double($1) })
        case .classes:
            let labels = batch.labels
            guard batch.weights != nil || classWeights != nil || labels.values.contains(where: { $0 < 0 }) else {
                return softmaxCrossEntropy(outputs, labels)
            }
            // a class that was not learned has no loss
            let weights = labels.values.enumerated().map { row, label in
                label < 0 ? 0 : (batch.weights?[row] ?? 1) * (classWeights?[Int(label)] ?? 1)
            }
            let losses = outputs.softmaxCrossEntropy(labels: Indices(labels.values.map { max(0, $0) }))
            return SummedLoss(sum: (losses * Tensor(weights)).sum(), weightSum: weights.reduce(0.0) { $0 + Double($1) })
        }
    }

    /// The scores of rows whose loss is `loss`.
    func scores(_ outputs: Tensor, _ loss: SummedLoss, _ batch: TableBatch) -> EvaluationSums {
        guard case .number(let mean, let deviation) = schema.target else {
            return classificationScores(outputs, loss, batch)
        }
        var scores = RegressionScores()
        for (row, (output, target)) in zip(outputs.values, batch.targets).enumerated() {
            scores.add(
                prediction: mean + Double(output) * deviation, target: target,
                weight: batch.weights.map { Double($0[row]) } ?? 1)
        }
        return EvaluationSums(loss, samples: batch.targets.count, details: scores.details)
    }

    /// The scores of a classification; a row of a class that was not learned counts as wrong.
    private func classificationScores(_ outputs: Tensor, _ loss: SummedLoss, _ batch: TableBatch) -> EvaluationSums {
        let labels = batch.labels
        let classified = ClassifiedSamples(outputs, labels)
        var sums = EvaluationSums(
            loss: classified.areFinite ? Double(loss.sum.scalar) : .nan, terms: loss.count,
            correct: classified.correct, samples: labels.count)
        sums.classified = classified
        if let weights = batch.weights {
            let right = labels.values.enumerated().map { classified.predictions[$0] == $1 ? Double(weights[$0]) : 0 }
            sums.details = [right.reduce(0, +), weights.reduce(0.0) { $0 + Double($1) }]
        }
        return sums
    }

    /// The details of two runs of blocks together.
    func merged(_ details: [Double], _ others: [Double]) -> [Double] {
        guard case .number = schema.target, let first = RegressionScores(details), let second = RegressionScores(others)
        else { return zip(details, others).map { $0 + $1 } }
        return first.merged(with: second).details
    }

    /// Of numbers the mean squared error in the units of the target, and R²; of weighted classes the weighted accuracy.
    func metrics(_ details: [Double]) -> [String: Double] {
        if case .number = schema.target { return RegressionScores(details)?.metrics ?? [:] }
        return details.count == 2 && details[1] > 0 ? ["weighted_accuracy": details[0] / details[1]] : [:]
    }
}

extension TableBatch {
    /// The numbers of the classes.
    var labels: Indices { Indices(targets.map { Int32($0) }) }
}
