import Communication
import DataParallel
import Kernels
import Layers
import Optimizers
import TensorEngine
import Testing

@Suite("Training convolutional networks in parallel")
struct ImageLearningTests {
    /// A network with batch normalization and dropout.
    private static func normalized(random: inout InitializationRandom) -> Sequential {
        Sequential(
            Convolution2D(1, 4, kernel: 3, stride: 3, hasBias: false, random: &random),
            BatchNormalization(4, thenReLU: true),
            SpatialDropout(0.2),
            Flatten(),
            Linear(324, 12, random: &random),
            BatchNormalization(12, thenReLU: true),
            Dropout(0.4),
            Linear(12, 10, initializer: .xavierUniform, random: &random))
    }

    /// Weights and running statistics after a few steps on images whose class is where they are bright.
    private static func train(_ name: String, ranks: Int, shards: Int) throws -> [[UInt32]] {
        try InProcessCommunicator.run(ranks: ranks) { communicator in
            var random = InitializationRandom(seed: 5)
            let model: any Module =
                switch name {
                case "lenet5": LeNet5(random: &random)
                case "cnn": MNISTNetwork(random: &random)
                case "normalized": normalized(random: &random)
                default: ResidualNetwork(depth: 8, channels: 1, random: &random)
                }
            let arena = ParameterArena(model.parameters)
            let optimizer = SGD(arena, momentum: 0.9)
            let step = try DataParallelStep(
                arena: arena, plan: ShardPlan(shards: shards, ranks: ranks), communicator: communicator)
            for number in 1...3 {
                let batches = step.localShards.map { shard in
                    Array((10 * shard / shards)..<(10 * (shard + 1) / shards))
                }
                let outcome = try step.run(batches) { samples in
                    let inputs = Tensor(shape: [samples.count, 28, 28, 1]) { elements in
                        for (row, sample) in samples.enumerated() {
                            var generator = PhiloxGenerator(seed: 2, purpose: .test, stream: UInt64(sample))
                            generator.fill(
                                UnsafeMutableBufferPointer(rebasing: elements[(row * 784)..<((row + 1) * 784)]),
                                uniformIn: -1...1)
                        }
                    }
                    let context = ForwardContext.training(SampleRandomness(seed: 5, step: number, samples: samples))
                    return softmaxCrossEntropy(model(inputs, context), Indices(samples.map { Int32($0 % 10) }))
                }
                optimizer.update(
                    gradients: step.gradients, gradientScale: 1 / Float(outcome.count), learningRate: 0.01, step: number
                )
            }
            return (arena.parameters.map(\.value) + arena.statistics.map(\.value)).flatMap {
                $0.values.map(\.bitPattern)
            }
        }
    }

    @Test(
        "Two to four ranks learn what one rank learns, bit for bit",
        arguments: ["lenet5", "cnn", "normalized", "resnet8"])
    func sameBits(name: String) throws {
        let expected = try Self.train(name, ranks: 1, shards: 4)[0]
        for ranks in 2...4 {
            for found in try Self.train(name, ranks: ranks, shards: 4) { #expect(found == expected, "\(ranks) ranks") }
        }
        // not the weights it began with: another number of shards rounds otherwise
        #expect(try Self.train(name, ranks: 1, shards: 2)[0] != expected)
    }
}
