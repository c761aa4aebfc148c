import Checkpoints
public import Communication
import Datasets
import Foundation
import Messages
import RunRecords

/// Ranks the samples of a saved run's data by their loss: wrong labels are among the first.
///
/// Source of the idea: Northcutt, Jiang, Chuang, "Confident learning: estimating uncertainty in dataset labels", 2021.
public struct DataInspection {
    private let path: String
    private let overrides: [SettingOverride]
    private let catalog: RecipeCatalog

    /// The inspection of all samples at `data.path` by the checkpoint at `path`.
    public init(path: String, overrides: [SettingOverride], catalog: RecipeCatalog) {
        (self.path, self.overrides, self.catalog) = (path, overrides, catalog)
    }

    /// Computes the loss of each sample by itself: the same on any number of ranks. *Collective.*
    ///
    /// No part is held out for testing: the samples are those of `data.path`, in their order.
    public func run(over communicator: any Communicator) throws -> InspectedData {
        let reporter = communicator.rank == 0 ? ProgressReporter() : .silent
        defer { reporter.endProgress() }
        let saved = try SavedTask(
            path: path, overrides: overrides, catalog: catalog, over: communicator, reporter
        ) { $0.data.testFraction = 0 }
        return try inspect(saved.task, saved, communicator, reporter)
    }

    private func inspect<Task: TrainingTask>(
        _ task: Task, _ saved: SavedTask, _ communicator: any Communicator, _ reporter: ProgressReporter
    ) throws -> InspectedData {
        let own = EvaluationSplit(count: task.trainingData.count, blockSize: 1)
            .blocks(rank: communicator.rank, of: communicator.size)
        let all = try saved.withWeights(of: task, over: communicator) {
            // what all evaluations are compared with, as in an evaluation of the test data
            try task.evaluationWillBegin(over: communicator)
            let values = try communicator.agree {
                try own.enumerated().flatMap { done, block -> [Double] in
                    if done % 500 == 0 { reporter.progress("inspecting", done: done, of: own.count) }
                    let sums = task.evaluate(try task.trainingData.batch(of: [block.lowerBound]))
                    return InspectedSample(block.lowerBound, sums).values
                }
            }
            return try communicator.allGather(values)
        }
        let samples = all.joined().withContiguousStorageIfAvailable { Array($0) } ?? Array(all.joined())
        return InspectedData(
            model: "\(task.modelSummary), after \(saved.state.step) steps", data: task.dataSummary,
            classNames: task.classNames, samples: InspectedSample.ranked(samples))
    }
}

/// The loss of a sample, and what it was taken for.
public struct InspectedSample: Sendable, Equatable {
    /// The number of the sample in the data, from 0.
    public let number: Int
    /// The mean of its loss terms; infinite for a class that the model does not know.
    public let loss: Double
    /// The number of its class, and of the likeliest one; nil where nothing is classified.
    public let label, prediction: Int?
    /// The model's probability of its class.
    public let probability: Double

    /// From the sums of an evaluation of this sample alone.
    init(_ number: Int, _ sums: EvaluationSums) {
        self.number = number
        let classified = sums.classified
        label = classified?.labels.first.map { Int($0) }
        let found = classified?.predictions.first
        prediction = found == ClassifiedSamples.noPrediction ? nil : found.map { Int($0) }
        let isKnown = label.map { $0 >= 0 && $0 < classified?.classes ?? 0 } ?? false
        probability = isKnown ? Double(classified?.probabilities[label ?? 0] ?? 0) : 0
        // a class of weight 0 has no terms, but a probability
        loss = sums.terms > 0 ? sums.loss / sums.terms : isKnown ? -log(probability) : .infinity
    }

    /// As numbers, to be sent.
    fileprivate var values: [Double] {
        [Double(number), loss, Double(label ?? Self.none), Double(prediction ?? Self.none), probability]
    }

    private static let none = Int(Int32.min)

    private init(_ values: ArraySlice<Double>) {
        let values = Array(values)
        func known(_ value: Double) -> Int? { Int(value) == Self.none ? nil : Int(value) }
        (number, loss, probability) = (Int(values[0]), values[1], values[4])
        (label, prediction) = (known(values[2]), known(values[3]))
    }

    /// The samples of these numbers, the largest loss first; of equal ones in their order. A loss that is no number is
    /// the largest.
    fileprivate static func ranked(_ values: [Double]) -> [InspectedSample] {
        stride(from: 0, to: values.count, by: 5).map { InspectedSample(values[$0..<($0 + 5)]) }.sorted { a, b in
            let (first, second) = (a.loss.isNaN ? .infinity : a.loss, b.loss.isNaN ? .infinity : b.loss)
            return first == second ? a.number < b.number : first > second
        }
    }
}

/// The samples of some data by their losses, as text and as comma-separated values.
public struct InspectedData: Sendable {
    /// The model, and the data, in a few words.
    public let model, data: String
    /// The names of the classes, by number.
    public let classNames: [String]
    /// The largest loss first.
    public let samples: [InspectedSample]

    private func name(_ label: Int?) -> String {
        guard let label else { return "" }
        return classNames.indices.contains(label) ? classNames[label] : label < 0 ? "(unknown)" : "\(label)"
    }

    /// What stands above the table, and the first `count` samples.
    public func text(first count: Int) -> String {
        let finite = samples.map(\.loss).filter(\.isFinite)
        let mean = finite.isEmpty ? 0 : finite.reduce(0, +) / Double(finite.count)
        var lines = [model, data]
        var summary = "\(Readable.count(samples.count, of: "sample")), mean loss \(Readable.loss(mean))"
        if samples.contains(where: { $0.label != nil }) {
            let differing = samples.count { $0.label != $0.prediction }
            summary += "; \(Readable.count(differing)) \(differing == 1 ? "is" : "are") taken for another class"
        }
        lines.append(summary)
        let rows = [header] + samples.prefix(count).enumerated().map { row($0.offset, $0.element) }
        let widths = header.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        lines +=
            [""]
            + rows.map { row in
                zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
                    .replacing(/\ +$/, with: "")
            }
        return lines.joined(separator: "\n")
    }

    /// All samples, a row for each.
    public var csv: String {
        ([header] + samples.enumerated().map { row($0.offset, $0.element) }).map { CSVText.row($0) + "\n" }.joined()
    }

    private var isClassification: Bool { !classNames.isEmpty }

    private var header: [String] {
        ["rank", "sample", "loss"] + (isClassification ? ["label", "probability", "prediction"] : [])
    }

    private func row(_ index: Int, _ sample: InspectedSample) -> [String] {
        [
            "\(index + 1)", "\(sample.number)", Readable.number(sample.loss, "%.6g"),
        ]
            + (isClassification
                ? [name(sample.label), Readable.significant(sample.probability), name(sample.prediction)] : [])
    }
}
