public import Datasets
import Kernels
import Settings
import TensorEngine
import Training

/// Rounds of a simulated bandit: contexts x ~ N(0, I), and what each arm pays, x·θ / √d with θ ~ N(0, I); each epoch
/// has new ones. With one element a context is 1, and an arm pays its θ.
public struct BanditRounds: Dataset {
    /// The number of rounds.
    public let count: Int
    private let context: Int
    private let seed, part: UInt64
    /// θ, [arms, context].
    private let weights: [[Double]]

    /// Some rounds.
    public struct Batch: Sendable {
        /// The contexts, [rounds, context].
        public let contexts: [[Double]]
        /// What each arm pays in the mean, [rounds, arms].
        public let rewards: [[Double]]
    }

    init(count: Int, _ settings: BanditSettings, seed: UInt64, isTest: Bool) {
        (self.count, context, self.seed) = (count, settings.context, seed)
        part = isTest ? 1 << 63 : 0
        var random = PhiloxGenerator(seed: seed, purpose: .initialization, stream: 1 << 62)
        let size = settings.context
        weights = (0..<settings.arms).map { _ in Self.normal(size, &random) }
    }

    private static func normal(_ count: Int, _ random: inout PhiloxGenerator) -> [Double] {
        Tensor(shape: [count]) { random.fill($0, mean: 0, deviation: 1) }.values.map(Double.init)
    }

    public func batch(of samples: [Int]) -> Batch { trainingBatch(of: samples, epoch: 0) }

    public func trainingBatch(of samples: [Int], epoch: Int) -> Batch {
        let contexts = samples.map { sample -> [Double] in
            if context == 1 { return [1] }
            var random = PhiloxGenerator(
                seed: seed, purpose: .sampling, stream: part | UInt64(epoch) << 32 | UInt64(sample))
            return Self.normal(context, &random)
        }
        let scale = 1 / Double(context).squareRoot()
        return Batch(
            contexts: contexts,
            rewards: contexts.map { x in weights.map { zip(x, $0).reduce(0) { $0 + $1.0 * $1.1 } * scale } })
    }
}
