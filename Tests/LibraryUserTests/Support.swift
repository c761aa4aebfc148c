import Lockstep
import Testing

/// As in reference_seams.py: element i is sin(0.37·i² + k)/2.
func chirp(_ k: Double, _ shape: Shape) -> Parameter {
    Parameter(
        Tensor((0..<shape.count).map { 0.37 * Float($0 * $0) + Float(k) }, shape: shape).sin() * 0.5)
}

/// Three layers' worth of parameters: y = tanh(x·W1 + b1)·W2 + b2, as in reference_seams.py.
struct Network: Parameterized {
    let weights: [Parameter]

    init(_ inputs: Int, _ hidden: Int) {
        weights = [chirp(0, [inputs, hidden]), chirp(1, [hidden]), chirp(2, [hidden, 1]), chirp(3, [1])]
    }

    var parameters: ParameterTree {
        ["w1": weights[0], "b1": weights[1], "w2": weights[2], "b2": weights[3]]
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        let hidden = (x.matrixProduct(weights[0].value) + weights[1].value).tanh()
        return hidden.matrixProduct(weights[2].value) + weights[3].value
    }
}

/// Expects numbers within single precision's rounding of the reference.
func expectClose(
    _ found: [Float], _ expected: [Double], tolerance: Double = 2e-5, _ name: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(found.count == expected.count, "\(name)", sourceLocation: sourceLocation)
    for (index, (found, expected)) in zip(found, expected).enumerated() {
        #expect(
            abs(Double(found) - expected) <= tolerance * max(1, abs(expected)),
            "\(name) element \(index): found \(found), expected \(expected)", sourceLocation: sourceLocation)
    }
}

/// The loss per sample and the gradients of six samples in six shards on each number of ranks, all of them equal.
func onOneToThreeRanks(
    _ model: @escaping @Sendable () -> any Parameterized,
    loss: @escaping @Sendable (any Parameterized, _ sample: Int) -> Tensor
) throws -> (loss: Double, gradients: [Float]) {
    var results: [(loss: Double, gradients: [Float])] = []
    for ranks in 1...3 {
        results += try InProcessCommunicator.run(ranks: ranks) { communicator in
            let model = model()
            let arena = ParameterArena(model)
            let step = try DataParallelStep(
                arena: arena, plan: try ShardPlan(shards: 6, ranks: ranks), communicator: communicator)
            let outcome = try step.run(step.localShards.map { $0 }) { sample in
                SummedLoss(sum: loss(model, sample), count: 1)
            }
            return (outcome.lossSum, arena.gradients(in: step.gradients).flatMap(\.values))
        }
    }
    for result in results {
        #expect(result.loss == results[0].loss)
        #expect(result.gradients.map(\.bitPattern) == results[0].gradients.map(\.bitPattern))
    }
    return results[0]
}
