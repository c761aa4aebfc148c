import Communication
import DataParallel
import Kernels
import Layers
import Optimizers
import TensorEngine
import Testing
import Training

@Suite("Second-order methods")
struct SecondOrderTests {
    static let methods: [SecondOrderMethod] = [.lbfgs(), .bfgs, .newtonCG()]

    /// What each rank ends with.
    private struct Outcome: Equatable, Sendable {
        let result: Minimization
        let weights: [Float]
    }

    /// Rosenbrock's function of five variables, ¼·Σ 100·(xᵢ₊₁ - xᵢ²)² + (1 - xᵢ)², its four terms dealt to the shards.
    private static func rosenbrock(_ method: SecondOrderMethod, ranks: Int, shards: Int) throws
        -> [Outcome]
    {
        try InProcessCommunicator.run(ranks: ranks) { communicator in
            let x = Parameter(Tensor([1.3, 0.7, 0.8, 1.9, 1.2], shape: [5, 1]))
            let arena = ParameterArena(["x": x])
            let step = try DataParallelStep(
                arena: arena, plan: try ShardPlan(shards: shards, ranks: ranks), communicator: communicator)
            let terms = step.localShards.map { shard -> Range<Int>? in
                let range = (4 * shard / shards)..<(4 * (shard + 1) / shards)
                return range.isEmpty ? nil : range
            }
            let objective = step.objective(terms) { terms in
                func selection(_ offset: Int) -> Tensor {
                    Tensor(shape: [terms.count, 5]) { elements in
                        for (row, term) in terms.enumerated() {
                            for column in 0..<5 { elements[row * 5 + column] = column == term + offset ? 1 : 0 }
                        }
                    }
                }
                let (own, next) = (selection(0).matrixProduct(x.value), selection(1).matrixProduct(x.value))
                let (bend, distance) = (next - own * own, own - 1)
                return SummedLoss(sum: (bend * bend * 100 + distance * distance).sum(), count: terms.count)
            }
            let result = try objective.minimize(by: method, gradientTolerance: 1e-4, iterationLimit: 200)
            return Outcome(result: result, weights: x.value.values)
        }
    }

    @Test("reach the optimum of Rosenbrock's function, with the same bits on 1 and 3 ranks", arguments: methods)
    func rosenbrock(method: SecondOrderMethod) throws {
        for shards in [3, 4, 5] {
            let alone = try Self.rosenbrock(method, ranks: 1, shards: shards)[0]
            #expect(alone.result.ending == .converged, "\(alone.result)")
            #expect(alone.result.iterations > 5 && alone.result.evaluations > alone.result.iterations)
            // the least eigenvalue of the Hessian at the optimum is above 0.1
            for weight in alone.weights { #expect(abs(weight - 1) < 1e-3, "\(alone.weights)") }
            for found in try Self.rosenbrock(method, ranks: 3, shards: shards) { #expect(found == alone) }
        }
    }

    /// Logistic regression of three classes on 90 made-up samples of 6 features, with an L2 penalty.
    private static func regression(_ method: SecondOrderMethod, ranks: Int, shards: Int) throws -> [Outcome] {
        try InProcessCommunicator.run(ranks: ranks) { communicator in
            let weight = Parameter(Tensor(repeating: 0, shape: [6, 3]))
            let bias = Parameter(Tensor(repeating: 0, shape: [3]))
            let arena = ParameterArena(["weight": weight, "bias": bias])
            let step = try DataParallelStep(
                arena: arena, plan: try ShardPlan(shards: shards, ranks: ranks), communicator: communicator)
            let batches = step.localShards.map { shard -> (Tensor, Indices)? in
                let range = (90 * shard / shards)..<(90 * (shard + 1) / shards)
                var labels: [Int32] = []
                let inputs = Tensor(shape: [range.count, 6]) { elements in
                    for (row, sample) in range.enumerated() {
                        var generator = PhiloxGenerator(seed: 9, purpose: .test, stream: UInt64(sample))
                        for column in 0..<6 { elements[row * 6 + column] = generator.uniform() * 2 - 1 }
                        let score = elements[row * 6] - elements[row * 6 + 1] + generator.uniform() - 0.5
                        labels.append(score < -0.3 ? 0 : score < 0.4 ? 1 : 2)
                    }
                }
                return (inputs, Indices(labels))
            }
            let objective = step.objective(batches, l2: 0.01) { inputs, labels in
                softmaxCrossEntropy(inputs.matrixProduct(weight.value) + bias.value, labels)
            }
            let result = try objective.minimize(by: method, gradientTolerance: 1e-6, iterationLimit: 200)
            return Outcome(result: result, weights: weight.value.values + bias.value.values)
        }
    }

    @Test("reach the optimum of logistic regression, with the same bits on 1 and 3 ranks", arguments: methods)
    func regression(method: SecondOrderMethod) throws {
        let optimum = try Self.regression(.newtonCG(), ranks: 1, shards: 1)[0]
        // the value at zero is ln 3 = 1.0986
        #expect(optimum.result.value < 0.8)
        for shards in [3, 7] {
            let alone = try Self.regression(method, ranks: 1, shards: shards)[0]
            #expect(alone.result.ending == .converged, "\(alone.result)")
            for found in try Self.regression(method, ranks: 3, shards: shards) { #expect(found == alone) }
            // gradients of at most 1e-6, and a Hessian of at least the penalty's 0.01
            for (found, expected) in zip(alone.weights, optimum.weights) { #expect(abs(found - expected) < 2e-4) }
        }
    }

    /// Softmax regression of three classes on 150 made-up samples whose four features lie around `offset`.
    private static func offsetRegression(_ method: SecondOrderMethod, offset: Float, scale: Float) throws
        -> Minimization
    {
        try InProcessCommunicator.run(ranks: 3) { communicator in
            let weight = Parameter(Tensor(repeating: 0, shape: [4, 3]))
            let bias = Parameter(Tensor(repeating: 0, shape: [3]))
            let step = try DataParallelStep(
                arena: ParameterArena(["weight": weight, "bias": bias]), plan: try ShardPlan(shards: 3, ranks: 3),
                communicator: communicator)
            let samples = (50 * communicator.rank)..<(50 * communicator.rank + 50)
            let inputs = Tensor(shape: [50, 4]) { elements in
                for (row, sample) in samples.enumerated() {
                    for c in 0..<4 {
                        let hash = (sample * 7919 + c * 104729 + sample * sample * 31 * (c + 1)) % 1009
                        let center = Float(sample % 3) * (c % 2 == 0 ? 0.5 : -0.3)
                        elements[row * 4 + c] = offset + scale * (center + Float(hash) / 1009 - 0.5)
                    }
                }
            }
            let batch = (inputs, Indices(samples.map { Int32($0 % 3) }))
            let objective = step.objective([batch], l2: 1e-3) { inputs, labels in
                softmaxCrossEntropy(inputs.matrixProduct(weight.value) + bias.value, labels)
            }
            return try objective.minimize(by: method, gradientTolerance: 1e-6, iterationLimit: 400)
        }[0]
    }

    @Test(
        "converge on features far from 0, where losses are small differences of large logits",
        arguments: [(SecondOrderMethod.bfgs, Float(5), Float(1)), (.bfgs, 20, 5), (.lbfgs(), 5, 1)])
    func offsetFeatures(method: SecondOrderMethod, offset: Float, scale: Float) throws {
        let result = try Self.offsetRegression(method, offset: offset, scale: scale)
        #expect(result.ending == .converged && result.gradientNorm <= 1e-6, "\(result)")
    }

    @Test("Products with the Hessian are those of all shards")
    func products() throws {
        // f = Σ over samples a of (a·x₀²·x₁); its Hessian is Σa·[[2x₁, 2x₀], [2x₀, 0]]
        let found = try InProcessCommunicator.run(ranks: 2) { communicator in
            let first = Parameter(Tensor([3]))
            let second = Parameter(Tensor([5]))
            let arena = ParameterArena(["first": first, "second": second])
            let step = try DataParallelStep(
                arena: arena, plan: try ShardPlan(shards: 3, ranks: 2), communicator: communicator)
            let batches = step.localShards.map { [Float(1), nil, 4][$0] }
            let (products, count) = try step.hessianVectorProduct(with: [Tensor([1]), Tensor([10])], batches) { a in
                SummedLoss(sum: (first.value * first.value * second.value * a).sum(), count: 2)
            }
            return (products.values[0], products.values[16], count)
        }
        // Σa = 5: 5·(2·5·1 + 2·3·10) = 350;  5·2·3·1 = 30
        #expect(found.allSatisfy { $0 == (350, 30, 4) })
    }
}
