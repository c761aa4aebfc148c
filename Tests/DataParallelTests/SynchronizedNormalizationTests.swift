import Communication
import DataParallel
import Layers
import TensorEngine
import Testing

@Suite("Synchronized batch normalization")
struct SynchronizedNormalizationTests {
    /// `reference_normalization.py`, PyTorch 2.15 in Float64: one process, the whole batch.
    private enum Reference {
        static let outputs: [Float] = [
            -0.586049578, -1.29559597, 0.0527899106, 0.164251325, 0.42871386, 3.80935466, 0.914552229, -1.64045794,
            0.678884036, 0.0141911446, 0.0838518937, -2.45158659, 0.764492048, -1.9853199, 1.30497816, -0.135869036,
            -0.261010073, -1.82549246, 0.614431867, -2.33018187, 1.93107229,
        ]
        static let inputGradient: [Float] = [
            0.367554272, 0.877172734, -4.56162983, -0.302990214, 0.219654963, 7.6034099, -0.0728123862, -3.39889842,
            -3.7936184, -0.222199275, -0.353290849, 0.489107447, 0.818628634, 4.11538051, -9.95853768, -0.0939266198,
            0.127829021, 8.43596689, -0.494254412, -1.58784796, 1.78530166,
        ]
        static let scaleGradient: [Float] = [-1.02263754, 3.67542244, 10.6839301]
        static let shiftGradient: [Float] = [2.20832928, -3.36476777, -14.4001649]
        static let mean: [Float] = [0.0392857143, 0.0964285714, 0.232142857]
        static let variance: [Float] = [0.980952381, 0.961309524, 0.974404762]
        static let loss = -10.7434945
    }

    /// What a rank finds.
    private struct Found: Equatable, Sendable {
        /// By row.
        var outputs: [Int: [Float]] = [:]
        var gradients: [[Float]] = []
        var mean: [Float] = []
        var variance: [Float] = []
        var loss = 0.0
    }

    /// Seven rows of three channels.
    private static func table(_ element: (_ row: Int, _ channel: Int) -> Float) -> Tensor {
        Tensor(shape: [7, 3]) { elements in
            for index in elements.indices { elements[index] = element(index / 3, index % 3) }
        }
    }

    /// Seven rows of three channels, dealt to shards: one step with the loss Σ factor·y².
    private static func step(shards: Int, ranks: Int, path: ReductionPath = .automatic) throws -> [Found] {
        try InProcessCommunicator.run(ranks: ranks) { communicator in
            let x = Parameter(
                Self.table { row, channel in Float((row * 5 + channel * 3) % 11) / 4 - 1 + Float(channel) })
            let factor = Self.table { row, channel in Float((row + 2 * channel) % 5 - 2) / 2 }
            let layer = BatchNormalization(3)
            layer.weight.assign(Tensor([0.5, 1, -2]))
            layer.bias.assign(Tensor([0.25, -1, 0.5]))
            let arena = ParameterArena(ParameterTree([("x", x), ("layer", layer)]))
            let step = try DataParallelStep(
                arena: arena, plan: try ShardPlan(shards: shards, ranks: ranks), communicator: communicator, path: path,
                synchronizesBatch: true)
            let batches = step.localShards.map { shard -> Range<Int>? in
                let rows = (7 * shard / shards)..<(7 * (shard + 1) / shards)
                return rows.isEmpty ? nil : rows
            }
            var found = Found()
            let outcome = try step.run(batches) { rows in
                let context = ForwardContext.training(
                    SampleRandomness(seed: 1, step: 1, samples: Array(rows)), synchronization: step.synchronization)
                let y = layer(x.value.slice(rows, alongAxis: 0), context)
                for (index, row) in rows.enumerated() {
                    found.outputs[row] = y.slice(index..<(index + 1), alongAxis: 0).values
                }
                return SummedLoss(sum: (factor.slice(rows, alongAxis: 0) * y * y).sum(), count: rows.count)
            }
            let values = step.gradients.values
            found.gradients = arena.ranges.map { Array(values[$0]) }
            (found.mean, found.variance, found.loss) = (
                layer.mean.value.values, layer.variance.value.values, outcome.lossSum
            )
            return found
        }
    }

    private func isClose(_ found: [Float], _ expected: some Collection<Float>) -> Bool {
        found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) <= 2e-5 * max(1, abs($1)) }
    }

    @Test(
        "With any number of shards, also with some that have no sample, is PyTorch's of the whole batch, with the same bits on any number of ranks",
        arguments: [1, 2, 3, 7, 9], [ReductionPath.automatic, .messages])
    func matches(shards: Int, path: ReductionPath) throws {
        let alone = try Self.step(shards: shards, ranks: 1)[0]
        for (row, outputs) in alone.outputs {
            #expect(isClose(outputs, Reference.outputs[(row * 3)..<(row * 3 + 3)]))
        }
        #expect(isClose(alone.gradients[0], Reference.inputGradient), "\(alone.gradients[0])")
        #expect(isClose(alone.gradients[1], Reference.scaleGradient), "\(alone.gradients[1])")
        #expect(isClose(alone.gradients[2], Reference.shiftGradient), "\(alone.gradients[2])")
        #expect(isClose(alone.mean, Reference.mean) && isClose(alone.variance, Reference.variance))
        #expect(abs(alone.loss - Reference.loss) < 1e-4)
        for ranks in [2, 3, 7, 9] where ranks <= shards {
            var outputs: [Int: [Float]] = [:]
            for var found in try Self.step(shards: shards, ranks: ranks, path: path) {
                outputs.merge(found.outputs) { $1 }
                found.outputs = alone.outputs
                #expect(found == alone, "\(ranks) ranks")
            }
            #expect(outputs == alone.outputs, "\(ranks) ranks")
        }
    }

    @Test("A rank that fails in the midst of it keeps nobody waiting")
    func failure() throws {
        struct Trouble: Error {}
        #expect(throws: RankFailure.self) {
            _ = try InProcessCommunicator.run(ranks: 3) { communicator in
                let layer = BatchNormalization(2)
                let arena = ParameterArena(layer.parameters)
                let step = try DataParallelStep(
                    arena: arena, plan: try ShardPlan(shards: 3, ranks: 3), communicator: communicator,
                    synchronizesBatch: true)
                let batch: Float? = communicator.rank == 2 ? nil : 1
                _ = try step.run([batch]) { value in
                    if communicator.rank == 1 { throw Trouble() }
                    let context = ForwardContext.training(
                        SampleRandomness(seed: 1, step: 1, samples: [0]), synchronization: step.synchronization)
                    return SummedLoss(sum: layer(Tensor([value, 2], shape: [1, 2]), context).sum(), count: 1)
                }
            }
        }
    }
}
