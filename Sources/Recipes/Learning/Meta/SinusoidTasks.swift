public import Datasets
import Kernels
public import TensorEngine

/// Tasks of regression: sinusoids of random amplitude and phase, each with few points to learn from and others to judge by.
///
/// y = A·sin(x - φ) with A in [0.1, 5], φ in [0, π] and x in [-5, 5], all uniform; each epoch has new tasks.
/// Source: Finn, Abbeel, Levine, "Model-agnostic meta-learning for fast adaptation of deep networks" (MAML), 2017, section 5.1.
public struct SinusoidTasks: DrawnDataset {
    /// The number of tasks.
    public let count: Int
    private let shots, queries: Int
    private let draws: SampleDraws

    /// Some tasks with their points.
    public struct Batch: Sendable {
        /// The points to learn from, [tasks, shots, 1] each.
        public let supportX, supportY: Tensor
        /// The points to judge by, [tasks, queries, 1] each.
        public let queryX, queryY: Tensor
    }

    /// Tasks of the settings; those to test on are others than those to train on, and have 100 queries.
    init(_ meta: MetaSettings, seed: UInt64, isTest: Bool) {
        (count, queries) = isTest ? (meta.testTasks, 100) : (meta.tasks, meta.queries)
        (shots, draws) = (meta.shots, SampleDraws(seed: seed, isTest: isTest))
    }

    public func trainingBatch(of samples: [Int], epoch: Int) -> Batch {
        var (amplitudes, phases): ([Float], [Float]) = ([], [])
        let points = shots + queries
        let x = Tensor(shape: [samples.count, points, 1]) { elements in
            for (row, sample) in samples.enumerated() {
                var random = draws(sample, epoch: epoch)
                amplitudes.append(0.1 + 4.9 * random.uniform())
                phases.append(Float.pi * random.uniform())
                for point in 0..<points { elements[row * points + point] = -5 + 10 * random.uniform() }
            }
        }
        let perTask: Shape = [samples.count, 1, 1]
        let y = (x - Tensor(phases, shape: perTask)).sin() * Tensor(amplitudes, shape: perTask)
        return Batch(
            supportX: x[0..., 0..<shots], supportY: y[0..., 0..<shots], queryX: x[0..., shots...],
            queryY: y[0..., shots...])
    }
}
