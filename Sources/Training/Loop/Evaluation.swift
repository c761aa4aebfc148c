public import Communication
import Datasets

/// The scores over a whole data set.
public struct EvaluationResult: Sendable, Equatable {
    /// The mean loss.
    public let loss: Double
    /// The share of samples that were classified right; nil where nothing is classified.
    public let accuracy: Double?
    /// The number of samples, each counted once.
    public let samples: Int
}

extension TrainingTask {
    /// Evaluates the model on the test data, dealt over the ranks; the same result on every rank. *Collective.*
    ///
    /// The data are cut into blocks of a fixed size, and the sums of the blocks are added in the order of the blocks: the
    /// result does not depend on the number of ranks.
    public func evaluateTestData(over communicator: any Communicator) throws -> EvaluationResult {
        let split = EvaluationSplit(count: testData.count, blockSize: 500)
        var sums: [Double] = []
        for block in split.blocks(rank: communicator.rank, of: communicator.size) {
            let block = evaluate(try testData.batch(of: Array(block)))
            sums += [
                block.loss, block.terms, Double(block.correct ?? 0), Double(block.samples),
                block.correct == nil ? 0 : Double(block.samples),
            ]
        }
        let all = try communicator.allGather(sums.withUnsafeBytes { Array($0) })
        var total = [Double](repeating: 0, count: 5)
        for bytes in all {
            bytes.withUnsafeBytes { bytes in
                for (place, value) in bytes.bindMemory(to: Double.self).enumerated() { total[place % 5] += value }
            }
        }
        return EvaluationResult(
            loss: total[0] / total[1], accuracy: total[4] > 0 ? total[2] / total[4] : nil, samples: Int(total[3]))
    }
}
