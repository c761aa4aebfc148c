public import Datasets
import Kernels
import Settings
import TensorEngine
import Training

/// Rounds of a bandit: contexts, and what each arm pays in them.
///
/// Simulated: contexts x ~ N(0, I), and an arm pays x·θ / √d with θ ~ N(0, I); with one element a context is 1, and an arm pays
/// its θ. Of a table with classes: a row, its inputs and 1, is the context, and the arm of its class pays 1, the others 0
/// (Dudík, Langford, Li, "Doubly robust policy evaluation and learning", 2011). Each epoch has new rounds.
public struct BanditRounds: DrawnDataset {
    /// Where contexts come from.
    private enum Source: Sendable {
        /// θ, [arms, context].
        case simulated(weights: [[Double]])
        case table(TableRows, arms: Int)
    }

    /// The number of rounds.
    public let count: Int
    private let source: Source
    private let context: Int
    private let isTest: Bool
    private let draws: SampleDraws

    /// Some rounds.
    public struct Batch: Sendable {
        /// The contexts, [rounds, context].
        public let contexts: [[Double]]
        /// What each arm pays in the mean, [rounds, arms].
        public let rewards: [[Double]]
    }

    init(simulated settings: BanditSettings, seed: UInt64, isTest: Bool) {
        (count, context) = (isTest ? settings.testRounds : settings.rounds, settings.context)
        (self.isTest, draws) = (isTest, SampleDraws(seed: seed, isTest: isTest))
        var random = PhiloxGenerator(seed: seed, purpose: .initialization, stream: 1 << 62)
        let size = settings.context
        source = .simulated(weights: (0..<settings.arms).map { _ in Self.normal(size, &random) })
    }

    /// Rounds of contexts of `context` elements, one more than a row has inputs.
    init(_ rows: TableRows, arms: Int, context: Int, count: Int, seed: UInt64, isTest: Bool) {
        (source, self.context, self.count) = (.table(rows, arms: arms), context, count)
        (self.isTest, draws) = (isTest, SampleDraws(seed: seed, isTest: isTest))
    }

    public var checksum: UInt32? { if case .table(let rows, _) = source { rows.checksum } else { nil } }

    private static func normal(_ count: Int, _ random: inout PhiloxGenerator) -> [Double] {
        Tensor(shape: [count]) { random.fill($0, mean: 0, deviation: 1) }.values.map(Double.init)
    }

    public func trainingBatch(of samples: [Int], epoch: Int) -> Batch {
        switch source {
        case .simulated(let weights):
            let contexts = samples.map { sample -> [Double] in
                if context == 1 { return [1] }
                var random = draws(sample, epoch: epoch)
                return Self.normal(context, &random)
            }
            let scale = 1 / Double(context).squareRoot()
            return Batch(
                contexts: contexts,
                rewards: contexts.map { x in weights.map { zip(x, $0).reduce(0) { $0 + $1.0 * $1.1 } * scale } })
        case .table(let rows, let arms):
            // test rounds are the test rows, each once
            let found = rows.batch(
                of: isTest
                    ? samples
                    : samples.map { sample in
                        var random = draws(sample, epoch: epoch)
                        return random.index(below: rows.count)
                    })
            let (values, width) = (found.inputs.values, context - 1)
            return Batch(
                contexts: samples.indices.map { row in
                    values[row * width..<(row + 1) * width].map(Double.init) + [1]
                },
                rewards: found.targets.map { target in (0..<arms).map { Double($0) == target ? 1 : 0 } })
        }
    }
}
