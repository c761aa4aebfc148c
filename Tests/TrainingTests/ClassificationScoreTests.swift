import Communication
import Datasets
import Foundation
import Layers
import RunRecords
import TensorEngine
import Testing
import Training

@Suite("Scores of classifications")
struct ClassificationScoreTests {
    @Test(
        "Every score is scikit-learn's, on one to three ranks: cut over ranks, unknown, constant, empty, imbalanced, single, tied",
        arguments: MetricReference.all, 1...3)
    func reference(reference: MetricReference, ranks: Int) throws {
        let results = try InProcessCommunicator.run(ranks: ranks) { communicator in
            try ScoredTask(reference, copies: 1).evaluateTestData(over: communicator, topK: 5)
        }
        for result in results { #expect(result == results[0]) }
        let report = try #require(results[0].classification)
        #expect(report.confusion.map { [$0.label, $0.prediction, $0.count] } == reference.confusion)
        #expect(results[0].samples == reference.labels.count)
        var found = report.metrics(topK: 2).merging(report.metrics(topK: 5)) { own, _ in own }
        found["accuracy"] = results[0].accuracy
        for (name, expected) in reference.scores {
            #expect(isClose(found[name], expected), "\(name): \(found[name] as Any), expected \(expected as Any)")
        }
        #expect(Set(found.keys) == Set(reference.scores.filter { $0.value != nil }.keys))
        let known = report.perClass.prefix(reference.classes)
        for (scores, (precision, (recall, (f1, area)))) in zip(
            known, zip(reference.precision, zip(reference.recall, zip(reference.f1, reference.areas))))
        {
            #expect(isClose(scores.precision, precision) && isClose(scores.recall, recall) && isClose(scores.f1, f1))
            #expect(isClose(scores.areaUnderROC, area), "class \(scores.label)")
        }
    }

    private func isClose(_ found: Double?, _ expected: Double?) -> Bool {
        guard let found, let expected else { return found == nil && expected == nil }
        return abs(found - expected) < 1e-12
    }

    @Test("The scores of several blocks, dealt over ranks, are those of all samples in one", arguments: 1...3)
    func blocks(ranks: Int) throws {
        let reference = MetricReference.all[0]
        let one = try ScoredTask(reference, copies: 1).evaluateTestData(over: SoloCommunicator())
        let many = try InProcessCommunicator.run(ranks: ranks) { communicator in
            try ScoredTask(reference, copies: 40).evaluateTestData(over: communicator)
        }
        for result in many {
            // copies change no share: accuracies and curves are the same
            #expect(result.samples == 40 * one.samples)
            #expect(result.accuracy == one.accuracy)
            for (name, value) in one.metrics { #expect(isClose(result.metrics[name], value), "\(name)") }
        }
    }

    @Test("Predictions are counted by their confidence, dealt over ranks to the same sums", arguments: 1...3)
    func reliability(ranks: Int) throws {
        for reference in MetricReference.all {
            let report = try #require(
                try InProcessCommunicator.run(ranks: ranks) { communicator in
                    try ScoredTask(reference, copies: 2).evaluateTestData(over: communicator)
                }[0].classification)
            var expected = [[Double]](repeating: [0, 0, 0], count: 15)
            for (row, label) in reference.labels.enumerated() {
                let logits = reference.logits[row * reference.classes..<(row + 1) * reference.classes].map(Double.init)
                let largest = logits.max() ?? 0
                let confidence = 1 / logits.reduce(0) { $0 + exp($1 - largest) }
                let isRight = logits.firstIndex(of: largest) == Int(label)
                // (k/15, (k + 1)/15] is bin k
                let bin = min(14, Int((confidence * 15).rounded(.up)) - 1)
                expected[bin] = zip(expected[bin], [2, isRight ? 2 : 0, 2 * confidence]).map { $0 + $1 }
            }
            #expect(report.reliability.map { Double($0.count) } == expected.map { $0[0] })
            #expect(report.reliability.map { Double($0.correct) } == expected.map { $0[1] })
            for (bin, sums) in zip(report.reliability, expected) where bin.count > 0 {
                #expect(abs(bin.confidence - sums[2] / sums[0]) < 1e-6)
            }
        }
    }

    @Test("Of equal logits the first class is predicted, and counts before the others")
    func ties() {
        let samples = ClassifiedSamples(
            Tensor([1, 1, 1, 0, 2, 2], shape: [2, 3]), Indices([2, 1] as [Int32]))
        #expect(samples.predictions == [0, 1])
        #expect(samples.ranks == [2, 0])
    }

    @Test(
        "Logits that are not finite are no prediction, and their loss is not finite", arguments: [Float.nan, .infinity])
    func nonFinite(value: Float) {
        let logits = Tensor([value, 0, 0, 1], shape: [2, 2])
        for labels in [[0, 1], [-1, 1], [0, -1]] as [[Int32]] {
            let sums = EvaluationSums(classifying: logits, Indices(labels))
            #expect(sums.loss.isNaN)
            #expect(sums.classified?.predictions == [ClassifiedSamples.noPrediction, 1])
            #expect(sums.correct == (labels[1] == 1 ? 1 : 0))
        }
    }

    @Test("A sample of a class that the model does not know counts as wrong, and has no loss")
    func unknown() throws {
        let logits = Tensor([3, 0, 0, 3, 3, 0], shape: [3, 2])
        let all = EvaluationSums(classifying: logits, Indices([0, 1, -1] as [Int32]))
        let known = EvaluationSums(
            classifying: Tensor([3, 0, 0, 3], shape: [2, 2]), Indices([0, 1] as [Int32]))
        #expect((all.correct, all.samples) == (2, 3))
        #expect((all.loss, all.terms) == (known.loss, known.terms))
    }

    @Test("More samples times classes than can be ordered leave the area under the curve out, and say so")
    func bound() throws {
        let reference = MetricReference.all[0]
        let copies = (1 << 20) / (reference.labels.count * 3) + 1
        let result = try ScoredTask(reference, copies: copies).evaluateTestData(over: SoloCommunicator())
        #expect(result.metrics["roc_auc"] == nil && result.metrics["f1_macro"] != nil)
        #expect(result.classification?.hasRankings == false)
    }
}

/// A task whose model gives the logits of a reference.
private struct ScoredTask: TrainingTask {
    let reference: MetricReference
    let testData: Numbers
    var trainingData: Numbers { testData }
    let model: any Parameterized = Sequential()
    let modelSummary = "", dataSummary = ""

    init(_ reference: MetricReference, copies: Int) {
        self.reference = reference
        testData = Numbers(count: reference.labels.count * copies)
    }

    func loss(_ batch: [Int], _ context: ForwardContext) -> SummedLoss {
        SummedLoss(sum: Tensor([0], shape: []), count: batch.count)
    }

    func evaluate(_ batch: [Int]) -> EvaluationSums {
        let (count, classes) = (reference.labels.count, reference.classes)
        let rows = batch.map { $0 % count }
        return EvaluationSums(
            classifying: Tensor(
                rows.flatMap { reference.logits[($0 * classes)..<(($0 + 1) * classes)] }, shape: [rows.count, classes]),
            Indices(rows.map { reference.labels[$0] }))
    }
}

private struct Numbers: Dataset {
    let count: Int
    func batch(of samples: [Int]) -> [Int] { samples }
}
