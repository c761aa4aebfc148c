import Lockstep
import Testing

/// Momentum, element by element, and a counter: an optimizer outside of the package.
private final class HeavyBall: Optimizer {
    let arena: ParameterArena
    let velocity: OptimizerState
    let largest: OptimizerState
    private var updates = 0

    init(_ arena: ParameterArena) {
        (self.arena, velocity) = (arena, OptimizerState("velocity", for: arena))
        largest = OptimizerState("largest", Tensor([0, 0]))
    }

    var state: [OptimizerState] { [velocity, largest] }
    var progress: [String: String] { ["heavy_ball.updates": "\(updates)"] }
    func restore(_ progress: [String: String]) { updates = progress["heavy_ball.updates"].flatMap { Int($0) } ?? 0 }

    func update(gradients: GradientBuffer, gradientScale: Float, learningRate: Float, step: Int) {
        for parameter in arena.ownedParameters {
            let gradient = arena.gradient(of: parameter, in: gradients) * gradientScale
            velocity[parameter] = velocity[parameter] * 0.9 + gradient
            parameter.assign(parameter.value - velocity[parameter] * learningRate)
        }
        updates += 1
        largest.withElements { $0[0] = max($0[0], arena.gradients(in: gradients)[0].absoluteValue().values.max() ?? 0) }
    }
}

@Suite("Gradients and optimizers of a user's own")
struct OwnOptimizerTests {
    @Test("Momentum as in PyTorch on 1, 2 and 3 ranks")
    func trajectory() throws {
        // v ← 0.9·v + g, w ← w - 0.1·v on Σ (w - c)²/2, c = (1, -2): two steps from (0, 0), by hand:
        // g = -c, v = -c, w = 0.1·c;  g = -0.9·c, v = -1.8·c, w = 0.28·c
        for ranks in 1...3 {
            let results = try InProcessCommunicator.run(ranks: ranks) { communicator in
                let weight = Parameter(Tensor([0, 0]))
                let arena = ParameterArena(["weight": weight])
                let step = try DataParallelStep(
                    arena: arena, plan: try ShardPlan(shards: 3, ranks: ranks), communicator: communicator)
                let optimizer = HeavyBall(arena)
                for number in 1...2 {
                    let outcome = try step.run(step.localShards.map { $0 }) { _ in
                        let difference = weight.value - Tensor([1, -2])
                        return SummedLoss(sum: (difference * difference).sum() * 0.5, count: 1)
                    }
                    optimizer.update(
                        gradients: step.gradients, gradientScale: 1 / Float(outcome.count), learningRate: 0.1,
                        step: number)
                }
                return (
                    weight.value.values, optimizer.velocity[weight].values, optimizer.progress,
                    optimizer.largest.withElements { Array($0) }
                )
            }
            for (weights, velocity, progress, largest) in results {
                expectClose(weights, [0.28, -0.56], tolerance: 1e-6)
                expectClose(velocity, [-1.8, 3.6], tolerance: 1e-6)
                #expect(progress == ["heavy_ball.updates": "2"])
                expectClose(largest, [6, 0])
            }
        }
    }

    @Test("A buffer of one's own gradients is followed by our optimizers, and each is read back")
    func ownGradients() {
        let (a, b) = (
            Parameter(Tensor([1, 2, 3])), Parameter(Tensor([4, 5, 6, 7], shape: [2, 2]))
        )
        let arena = ParameterArena(["a": a, "b": b])
        let buffer = GradientBuffer(arena, [Tensor([1, 0, -1]), Tensor([2, 2, 2, 2], shape: [2, 2])])
        #expect(arena.gradient(of: b, in: buffer).values == [2, 2, 2, 2])
        #expect(arena.gradient(of: b, in: buffer).shape == [2, 2])
        #expect(arena.ranges.map { Array(buffer.values[$0]) } == [[1, 0, -1], [2, 2, 2, 2]])
        #expect(arena.slices.map(\.name) == ["a", "b"] && arena.slices.map(\.range) == arena.ranges)
        SGD(arena).update(gradients: buffer, gradientScale: 0.5, learningRate: 1, step: 1)
        #expect(a.value.values == [0.5, 2, 3.5] && b.value.values == [3, 4, 5, 6])
    }

    @Test("A gradient for another model is refused with both shapes")
    func foreignGradient() async throws {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let arena = ParameterArena(["a": Parameter(Tensor([1, 2]))])
            _ = GradientBuffer(arena, [Tensor([1, 2, 3])])
        }
        let message = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        #expect(message.contains("gradients of the shapes [3] given for parameters of the shapes [2]"))
    }
}
