import Communication
import DataParallel
import Kernels
import Layers
import Optimizers
import TensorEngine
import Testing

@Suite("Training in parallel")
struct LearningTests {
    /// A made-up classification problem: the label depends on the signs of two of twelve inputs.
    private static func batch(step: Int, range: Range<Int>) -> (inputs: Tensor, labels: Indices, samples: [Int]) {
        var labels: [Int32] = []
        let inputs = Tensor(shape: [range.count, 12]) { elements in
            for (row, sample) in range.enumerated() {
                var generator = PhiloxGenerator(seed: UInt64(step), purpose: .test, stream: UInt64(sample))
                for c in 0..<12 { elements[row * 12 + c] = generator.uniform() * 2 - 1 }
                labels.append((elements[row * 12] > 0 ? 1 : 0) + (elements[row * 12 + 1] > 0 ? 2 : 0))
            }
        }
        return (inputs, Indices(labels), Array(range))
    }

    /// The weights after `steps` steps, and the losses.
    private static func train(
        ranks: Int, shards: Int, batchSize: Int, dropout: Float, adam: Bool = false, steps: Int = 30,
        rate: Float = 0.1, combination: CombinationExample = .sum
    ) throws -> [(weights: [Float], losses: [Double])] {
        try InProcessCommunicator.run(ranks: ranks) { communicator in
            var random = InitializationRandom(seed: 5)
            let model = MultilayerPerceptron(widths: [12, 33, 17, 4], dropout: dropout, random: &random)
            let arena = ParameterArena(model.parameters)
            let optimizer: any Optimizer =
                adam ? Adam(arena, regularization: .decay(0.01)) : SGD(arena, momentum: 0.9)
            let plan = try ShardPlan(shards: shards, ranks: ranks)
            let step = try DataParallelStep(
                arena: arena, plan: plan, communicator: communicator, buckets: .init(bytes: 1024),
                combination: combination.method.map {
                    .compressed(GradientCompression($0, arena: arena, plan: plan, rank: communicator.rank))
                } ?? (combination == .adasum ? .adasum : .sum))
            var losses: [Double] = []
            for number in 1...steps {
                let batches = step.localShards.map { shard in
                    let range = (batchSize * shard / shards)..<(batchSize * (shard + 1) / shards)
                    return range.isEmpty ? nil : batch(step: number, range: range)
                }
                let outcome = try step.run(batches) { batch in
                    let context = ForwardContext.training(
                        SampleRandomness(seed: 5, step: number, samples: batch.samples))
                    return softmaxCrossEntropy(model(batch.inputs, context), batch.labels)
                }
                losses.append(outcome.loss)
                optimizer.update(
                    gradients: step.gradients, gradientScale: 1 / Float(outcome.count),
                    learningRate: adam ? 0.01 : rate,
                    step: number)
            }
            return (arena.parameters.flatMap(\.value.values), losses)
        }
    }

    @Test(
        "Four ranks learn what one rank learns, bit for bit",
        arguments: [(4, 64, Float(0)), (4, 61, 0), (4, 61, 0.3), (5, 23, 0.3), (6, 4, 0.2)])
    func sameBits(shards: Int, batchSize: Int, dropout: Float) throws {
        let expected = try Self.train(ranks: 1, shards: shards, batchSize: batchSize, dropout: dropout)[0]
        for ranks in 2...4 {
            for found in try Self.train(ranks: ranks, shards: shards, batchSize: batchSize, dropout: dropout) {
                #expect(found.weights.map(\.bitPattern) == expected.weights.map(\.bitPattern), "\(ranks) ranks")
                #expect(found.losses == expected.losses)
            }
        }
    }

    @Test("Two ranks follow the run of the whole batch at once, within rounding", arguments: [false, true])
    func wholeBatch(adam: Bool) throws {
        let whole = try Self.train(ranks: 1, shards: 1, batchSize: 64, dropout: 0.25, adam: adam, steps: 50)[0]
        let parallel = try Self.train(ranks: 2, shards: 2, batchSize: 64, dropout: 0.25, adam: adam, steps: 50)[1]
        let difference = zip(whole.weights, parallel.weights).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
        let norm = whole.weights.reduce(0.0) { $0 + Double($1 * $1) }
        #expect((difference / norm).squareRoot() < 1e-5)
        #expect(zip(whole.losses, parallel.losses).allSatisfy { abs($0 - $1) < 1e-5 * max(1, $0) })
    }

    @Test(
        "With compression or Adasum a run of 300 steps ends within 0.05 of the loss without",
        arguments: CombinationExample.compressed + [.adasum])
    func combined(combination: CombinationExample) throws {
        func lastLoss(_ combination: CombinationExample) throws -> Double {
            let losses = try Self.train(
                ranks: 2, shards: 3, batchSize: 64, dropout: 0, steps: 300, rate: 0.03, combination: combination)[1]
                .losses
            return losses.suffix(20).reduce(0, +) / 20
        }
        let (found, exact) = (try lastLoss(combination), try lastLoss(.sum))
        #expect(exact < 0.3 && found < exact + 0.05, "\(found), exactly \(exact)")
    }

    @Test("It learns")
    func learns() throws {
        let losses = try Self.train(ranks: 2, shards: 2, batchSize: 64, dropout: 0, steps: 150)[0].losses
        #expect(losses[0] > 1.2)  // ln 4 = 1.386 for four labels
        #expect(losses.suffix(20).allSatisfy { $0 < 0.35 })
    }
}
