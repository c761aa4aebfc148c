public import Communication
import DataParallel
import Datasets

/// The scores over a whole data set.
public struct EvaluationResult: Sendable, Equatable {
    /// The mean loss.
    public let loss: Double
    /// The share of samples that were classified right; nil where nothing is classified.
    public let accuracy: Double?
    /// The number of samples, each counted once.
    public let samples: Int
    /// The task's further scores by name.
    public var metrics: [String: Double] = [:]
    /// The scores of a classification; nil where nothing is classified.
    public var classification: ClassificationReport?

    /// Scores over `samples` samples.
    public init(
        loss: Double, accuracy: Double?, samples: Int, metrics: [String: Double] = [:],
        classification: ClassificationReport? = nil
    ) {
        (self.loss, self.accuracy, self.samples, self.metrics) = (loss, accuracy, samples, metrics)
        self.classification = classification
    }
}

extension TrainingTask {
    /// Evaluates the model on the test data, dealt over the ranks; the same result on every rank. *Collective.*
    ///
    /// The data are cut into blocks of a fixed size, and the sums of the blocks are added in the order of the blocks: the
    /// result does not depend on the number of ranks.
    /// - Parameters:
    ///   - thoroughly: whether to ask for the scores that take long, too.
    ///   - topK: the likeliest classes among which the true one counts as found, in `top_K_accuracy`.
    ///   - samples: the numbers of the test samples, rising; nil: all.
    ///   - progress: told how many of this rank's samples are done, and of how many.
    public func evaluateTestData(
        over communicator: any Communicator, thoroughly: Bool = false, topK: Int = 5, samples: [Int]? = nil,
        progress: (_ done: Int, _ of: Int) -> Void = { _, _ in }
    ) throws -> EvaluationResult {
        try evaluateTestData(
            over: communicator, thoroughly: thoroughly, topK: topK, samples: samples, requests: nil, progress: progress)
    }

    /// The same; throws `EvaluationAbandoned` on every rank where the `requests` of one ask to stop.
    func evaluateTestData(
        over communicator: any Communicator, thoroughly: Bool, topK: Int, samples: [Int]?,
        requests: (() -> StepRequests)?, progress: (_ done: Int, _ of: Int) -> Void
    ) throws -> EvaluationResult {
        try evaluationWillBegin(over: communicator)
        let split = EvaluationSplit(count: samples?.count ?? testData.count, blockSize: max(1, evaluationBlock))
        let blocks = split.blocks(rank: communicator.rank, of: communicator.size)
        // after the last block of any rank they meet anyway
        let fewest = split.blocks.count / communicator.size
        let ownCount = blocks.reduce(0) { $0 + $1.count }
        var done = 0
        var sums: [Double] = []
        var counts = ClassificationCounts(samples: split.count, thoroughly: thoroughly)
        var pace = requests.map { EvaluationPace(communicator, $0) }
        for (index, block) in blocks.enumerated() {
            progress(done, ownCount)
            done += block.count
            let numbers = samples.map { Array($0[block]) } ?? Array(block)
            try testData.check(numbers)
            let batch = try testData.batch(of: numbers)
            let block = thoroughly ? evaluateThoroughly(batch) : evaluate(batch)
            sums += [
                Double(block.details.count), block.loss, block.terms, Double(block.correct ?? 0),
                Double(block.samples), block.correct == nil ? 0 : Double(block.samples),
            ]
            sums += block.details
            if let classified = block.classified { counts.add(classified) }
            if index + 1 < fewest { try pace?.blockDidEnd(index + 1) }
        }
        let all = try communicator.allGather(sums)
        var total = [Double](repeating: 0, count: 6)
        var details: [Double] = []
        for rank in all {
            var values = rank[...]
            while let count = values.first {
                let block = values.prefix(6 + Int(count))
                values = values.dropFirst(block.count)
                for (place, value) in block.prefix(6).enumerated() { total[place] += value }
                let own = Array(block.dropFirst(6))
                details = details.isEmpty ? own : merged(details, own)
            }
        }
        let classification = try counts.report(over: communicator)
        return EvaluationResult(
            loss: total[2] > 0 ? total[1] / total[2] : 0, accuracy: total[5] > 0 ? total[3] / total[5] : nil,
            samples: Int(total[4]),
            metrics: metrics(details).merging(classification?.metrics(topK: topK) ?? [:]) { own, _ in own },
            classification: classification)
    }
}
