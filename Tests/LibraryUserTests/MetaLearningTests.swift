import Lockstep
import Testing

@Suite("Meta-learning (MAML), written by a user of the library")
struct MetaLearningTests {
    private static let support = Tensor([-2, -1, 0.25, 1, 2.5], shape: [5, 1])
    private static let query = Tensor([-1.5, -0.5, 0.5, 1.5, 2], shape: [5, 1])

    private static func sinusoid(_ task: Int, _ x: Tensor) -> Tensor {
        (x + 0.4 * Float(task)).sin() * (1 + 0.5 * Float(task))
    }

    /// The loss after two inner steps on the task.
    private static func adaptedLoss(_ model: Network, task: Int) -> Tensor {
        func error(_ x: Tensor) -> Tensor {
            let difference = model(x) - sinusoid(task, x)
            return (difference * difference).mean()
        }
        var weights = model.weights.map(\.value)
        for _ in 0..<2 {
            weights = withValues(weights, of: model.weights) {
                let inner = valueAndGradients(of: model.weights, createsGraph: true) { error(support) }
                return zip(weights, inner.gradients).map { $0 - $1 * 0.05 }
            }
        }
        return withValues(weights, of: model.weights) { error(query) }
    }

    @Test("three outer steps on six tasks are those of numpy, through both inner steps, equal on 1, 2 and 3 ranks")
    func outerSteps() throws {
        var first: [UInt32]?
        for ranks in 1...3 {
            let results = try InProcessCommunicator.run(ranks: ranks) { communicator in
                let model = Network(1, 8)
                let arena = ParameterArena(model)
                let step = try DataParallelStep(
                    arena: arena, plan: try ShardPlan(shards: 6, ranks: ranks), communicator: communicator)
                let optimizer = SGD(arena)
                var losses: [Float] = []
                for number in 1...3 {
                    let outcome = try step.run(step.localShards.map { $0 }) { task in
                        SummedLoss(sum: Self.adaptedLoss(model, task: task), count: 1)
                    }
                    losses.append(Float(outcome.loss))
                    optimizer.update(
                        gradients: step.gradients, gradientScale: 1 / Float(outcome.count), learningRate: 0.1,
                        step: number)
                }
                return (losses, model.weights.flatMap(\.value.values))
            }
            for (losses, weights) in results {
                expectClose(losses, References.mamlLosses)
                expectClose(weights, References.mamlWeights)
                first = first ?? weights.map(\.bitPattern)
                #expect(weights.map(\.bitPattern) == first)
            }
        }
    }

    @Test("outside of training the same loss is computed without an outer gradient")
    func evaluation() {
        let model = Network(1, 8)
        let mean = (0..<6).map { Self.adaptedLoss(model, task: $0).scalar }.reduce(0, +) / 6
        expectClose([mean], [References.mamlLosses[0]])
    }
}
