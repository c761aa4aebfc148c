import Communication
import DataParallel
import Kernels
import Layers
import TensorEngine
import Testing

@Suite("What ranks begin with is compared in the first step")
struct StartAgreementTests {
    /// The error of each rank after a step of a model that `make` makes for it.
    private static func start(
        ranks: Int = 3, _ make: @escaping @Sendable (_ rank: Int) -> MultilayerPerceptron
    ) throws -> [String] {
        try InProcessCommunicator.run(ranks: ranks) { communicator in
            let model = make(communicator.rank)
            let step = try DataParallelStep(
                arena: ParameterArena(model.parameters), plan: try ShardPlan(shards: ranks, ranks: ranks),
                communicator: communicator)
            do {
                for _ in 1...2 {
                    _ = try step.run([Tensor([1, 2], shape: [1, 2])]) { x in
                        squaredError(model(x, .inference()), Tensor([1], shape: [1, 1]))
                    }
                }
                return ""
            } catch let error as RankFailure {
                return "\(error)"
            }
        }
    }

    private static func model(seed: UInt64, hidden: Int = 4) -> MultilayerPerceptron {
        var random = InitializationRandom(seed: seed)
        return MultilayerPerceptron(widths: [2, hidden, 1], dropout: 0, random: &random)
    }

    @Test("Equal ranks train")
    func equal() throws { #expect(try Self.start { _ in Self.model(seed: 1) } == ["", "", ""]) }

    @Test("Another seed on a rank is refused on all, with the tensor, the rank and what to do")
    func seeds() throws {
        let found = try Self.start { Self.model(seed: $0 == 2 ? 9 : 1) }
        let name = try #require(Self.model(seed: 1).parameters.named.first?.name)
        #expect(Set(found).count == 1)
        for part in ["start weights", name, "on rank 2", "same seed", "broadcast"] {
            #expect(found[0].contains(part), "\(part): \(found[0])")
        }
    }

    @Test("A rank whose last tensor alone is another is refused with that tensor")
    func lastTensor() throws {
        let found = try Self.start { rank in
            let model = Self.model(seed: 1)
            if rank > 0 { model.parameters.named.last?.parameter.assign(Tensor([0.5])) }
            return model
        }
        let name = try #require(Self.model(seed: 1).parameters.named.last?.name)
        #expect(found[0].contains("\(name), on rank 1, 2"), "\(found[0])")
    }

    @Test("Another model on a rank is refused with what it has")
    func models() throws {
        let found = try Self.start { Self.model(seed: 1, hidden: $0 == 1 ? 5 : 4) }
        #expect(Set(found).count == 1)
        #expect(found[0].contains("rank 1 has") && found[0].contains("the same model"), "\(found[0])")
    }

    @Test("Weights of rank 0 that were given to all make different seeds equal")
    func broadcast() throws {
        let errors = try InProcessCommunicator.run(ranks: 2) { communicator in
            let model = Self.model(seed: UInt64(communicator.rank))
            let arena = ParameterArena(model.parameters)
            try arena.broadcast(over: communicator)
            let step = try DataParallelStep(
                arena: arena, plan: try ShardPlan(shards: 2, ranks: 2), communicator: communicator)
            return try step.run([Tensor([1, 2], shape: [1, 2])]) { x in
                squaredError(model(x, .inference()), Tensor([1], shape: [1, 1]))
            }.count
        }
        #expect(errors == [2, 2])
    }

    @Test("Different threads are refused, different instruction sets told")
    func processors() throws {
        let found = try InProcessCommunicator.run(ranks: 3) { communicator -> [String] in
            let arena = ParameterArena(Self.model(seed: 1).parameters)
            let isLast = communicator.rank == 2
            let same = try arena.checkStart(over: communicator, threads: 2, instructionSet: "v3")
            let note = try arena.checkStart(over: communicator, threads: 2, instructionSet: isLast ? "v4" : "v3")
            var error = ""
            do {
                _ = try arena.checkStart(over: communicator, threads: isLast ? 4 : 2, instructionSet: "v3")
            } catch let failure as RankFailure { error = "\(failure)" }
            return [same ?? "", note ?? "", error]
        }
        #expect(Set(found).count == 1)
        #expect(found[0][0].isEmpty)
        #expect(found[0][1].contains("v3 on rank 0 and v4 on rank 2"), "\(found[0][1])")
        #expect(found[0][2].contains("2 on rank 0 and 4 on rank 2"), "\(found[0][2])")
    }
}
