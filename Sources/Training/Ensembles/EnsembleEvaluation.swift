import Checkpoints
public import Communication
import DataParallel
import Datasets
import Messages
import Probability
import RunRecords

/// Evaluates several saved classifiers and their ensemble, whose class probabilities are the mean of theirs.
///
/// Source: Lakshminarayanan, Pritzel, Blundell, "Simple and scalable predictive uncertainty estimation using deep
/// ensembles", 2017.
public struct EnsembleEvaluation {
    private let paths: [String]
    private let overrides: [SettingOverride]
    private let catalog: RecipeCatalog
    /// The test samples of the evaluation; 0: all.
    private let limit: Int

    /// The evaluation of the checkpoints at `paths` (see `CheckpointEvaluation`), with settings that may be changed for
    /// it.
    /// - Parameter limit: takes only so many of the test samples, those that the first run would take; 0: all.
    public init(paths: [String], overrides: [SettingOverride], catalog: RecipeCatalog, limit: Int = 0) {
        (self.paths, self.overrides, self.catalog, self.limit) = (paths, overrides, catalog, limit)
    }

    /// Evaluates one member after the other. *Collective*: the same on any number of ranks, and on every rank.
    ///
    /// Throws where a member gives no class probabilities, or has other classes or test samples than the first.
    public func run(over communicator: any Communicator) throws -> EnsembleOutcome {
        let reporter = communicator.rank == 0 ? ProgressReporter() : .silent
        defer { reporter.endProgress() }
        try communicator.agree { if paths.count < 2 { throw TooFewMembers(paths: paths) } }
        var first: EnsembleMember?
        var mean = MeanProbabilities()
        var members: [EnsembleOutcome.Member] = []
        for path in paths {
            let saved = try SavedTask(
                path: path, overrides: overrides, catalog: catalog, over: communicator, reporter)
            let member = try evaluate(saved.task, saved, path, first, communicator, reporter)
            let scores = try EnsembleScores(
                member.blocks.map {
                    EnsembleScores.sums($0.probabilities.map { Double($0) }, $0.labels, predictions: $0.predictions)
                }, over: communicator)
            members.append(.init(path: path, model: member.model, step: saved.state.step, scores: scores))
            mean.add(member.blocks)
            if first == nil { first = member }
        }
        guard let first else { fatalError("EnsembleEvaluation: there is no member") }
        let ensemble = try EnsembleScores(
            mean.blocks.map { EnsembleScores.sums($0.mean, $0.labels) }, over: communicator)
        let disagreement = try communicator.allGather(mean.mutualInformation).joined().reduce(0, +)
        return EnsembleOutcome(
            data: first.data, classes: first.classes, available: first.available, members: members, ensemble: ensemble,
            mutualInformation: disagreement / Double(max(1, ensemble.samples)))
    }

    /// The class probabilities of this rank's test samples. *Collective.*
    private func evaluate<Task: TrainingTask>(
        _ task: Task, _ saved: SavedTask, _ path: String, _ first: EnsembleMember?, _ communicator: any Communicator,
        _ reporter: ProgressReporter
    ) throws -> EnsembleMember {
        let count = task.testData.count
        var member = EnsembleMember(
            path: path, model: "\(task.modelSummary), after \(saved.state.step) steps",
            data: [task.dataSummary] + task.dataNotes, classNames: task.classNames, available: count,
            seed: first?.seed ?? saved.settings.seed, checksum: DataChecksums(task).texts["test"])
        try communicator.agree {
            if count == 0 { throw NoTestData(path: path) }
            if let first { try member.requireSameData(as: first) }
        }
        let samples = limit > 0 && limit < count ? EvaluationSplit.sample(limit, of: count, seed: member.seed) : nil
        // the blocks of the first member: a model's own do not change what it predicts
        let size = first?.blockSize ?? max(1, task.evaluationBlock)
        member.blockSize = size
        let split = EvaluationSplit(count: samples?.count ?? count, blockSize: size)
        let blocks = split.blocks(rank: communicator.rank, of: communicator.size)
        member.blocks = try saved.withWeights(of: task, over: communicator) {
            try task.evaluationWillBegin(over: communicator)
            return try communicator.agree {
                try blocks.enumerated().map { index, block in
                    reporter.progress("evaluating \(path)", done: index, of: blocks.count)
                    let numbers = samples.map { Array($0[block]) } ?? Array(block)
                    try task.testData.check(numbers)
                    guard let classified = task.evaluate(try task.testData.batch(of: numbers)).classified else {
                        throw NoClassProbabilities(path: path, recipe: saved.settings.recipe)
                    }
                    guard classified.areFinite else {
                        throw NonFiniteEvaluation(loss: .nan, step: saved.state.step)
                    }
                    return classified
                }
            }
        }
        try communicator.agree { if let first { try member.requireSameClasses(as: first) } }
        return member
    }
}

/// One run of an ensemble, with this rank's part of its predictions.
struct EnsembleMember {
    let path, model: String
    let data: [String]
    let classNames: [String]
    let available: Int
    /// The seed by which a part of the test samples is drawn.
    let seed: UInt64
    /// The checksum of the test data; nil where there is none.
    let checksum: String?
    var blockSize = 1
    var blocks: [ClassifiedSamples] = []

    init(
        path: String, model: String, data: [String], classNames: [String], available: Int, seed: UInt64,
        checksum: String?
    ) {
        (self.path, self.model, self.data, self.classNames) = (path, model, data, classNames)
        (self.available, self.seed, self.checksum) = (available, seed, checksum)
    }

    var classes: [String] {
        classNames.isEmpty ? (0..<(blocks.first?.classes ?? 0)).map(String.init) : classNames
    }

    /// Throws where the classes or the test samples are known to be others than those of `first`.
    func requireSameData(as first: EnsembleMember) throws {
        guard classNames == first.classNames else {
            throw MemberDifference(
                path, first.path, what: "classes", found: classNames.listed(limit: 5),
                expected: first.classNames.listed(limit: 5))
        }
        guard available == first.available else {
            throw MemberDifference(
                path, first.path, what: "test samples", found: "\(available)", expected: "\(first.available)")
        }
        guard checksum == nil || first.checksum == nil || checksum == first.checksum else {
            throw MemberDifference(
                path, first.path, what: "test data", found: checksum ?? "", expected: first.checksum ?? "")
        }
    }

    /// Throws where the model distinguishes other classes than that of `first`, or the samples have other labels.
    func requireSameClasses(as first: EnsembleMember) throws {
        for (block, other) in zip(blocks, first.blocks) {
            guard block.classes == other.classes else {
                throw MemberDifference(
                    path, first.path, what: "classes", found: "\(block.classes)", expected: "\(other.classes)")
            }
            guard block.labels == other.labels else {
                throw MemberDifference(
                    path, first.path, what: "test data", found: "other labels", expected: "the same ones")
            }
        }
    }
}

/// The mean of the members' class probabilities, of a rank's samples.
struct MeanProbabilities {
    private var sums: [(probabilities: [Double], entropies: [Double], labels: [Int32])] = []
    private var count = 0.0

    /// Adds the probabilities of a member.
    mutating func add(_ blocks: [ClassifiedSamples]) {
        if sums.isEmpty {
            sums = blocks.map {
                (
                    Array(repeating: 0, count: $0.probabilities.count), Array(repeating: 0, count: $0.labels.count),
                    $0.labels
                )
            }
        }
        for (index, block) in blocks.enumerated() {
            let classes = max(1, block.classes)
            for (place, probability) in block.probabilities.enumerated() {
                sums[index].probabilities[place] += Double(probability)
            }
            for row in block.labels.indices {
                sums[index].entropies[row] += PredictiveScores.entropy(
                    block.probabilities[(row * classes)..<((row + 1) * classes)].map { Double($0) })
            }
        }
        count += 1
    }

    /// The mean probabilities of each block, [samples · classes].
    var blocks: [(mean: [Double], labels: [Int32])] {
        sums.map { block in (block.probabilities.map { $0 / count }, block.labels) }
    }

    /// For each block the sum of the mutual information of prediction and member, in nats.
    var mutualInformation: [Double] {
        sums.map { block in
            let classes = block.labels.isEmpty ? 1 : block.probabilities.count / block.labels.count
            return block.labels.indices.reduce(0) { sum, row in
                let mean = block.probabilities[(row * classes)..<((row + 1) * classes)].map { $0 / count }
                return sum
                    + PredictiveScores.mutualInformation(mean: mean, meanEntropy: block.entropies[row] / count)
            }
        }
    }
}
