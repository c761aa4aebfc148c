import Communication
import EvolutionRecipes
import Foundation
import RunRecords
import Settings
import TestSupport
import Testing
import Training

@Suite("The recipe evolution")
struct EvolutionRecipesTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Trains on threads as ranks, and returns the summary.
    @discardableResult
    private func train(ranks: Int, _ values: [String]) throws -> RunSummary {
        var request = TrainingRequest(target: "evolution", runDirectory: folder("run"))
        request.overrides = try values.map { try SettingOverride(assignment: $0) }
        let asked = request
        let summaries = try InProcessCommunicator.run(ranks: ranks) { communicator in
            try TrainingProgram(asked, catalog: RecipeCatalog([EvolutionRecipe()]), communicator: communicator).run()
        }
        return summaries[0]
    }

    @Test("NEAT finds exclusive or on two ranks")
    func neat() throws {
        let summary = try train(ranks: 2, ["model.name=neat", "steps=60", "shards=4"])
        #expect(summary.testAccuracy == 1)
    }

    @Test(
        "Functions are minimized",
        arguments: [
            ["model.name=cma-es", "evolution.task=rosenbrock", "steps=500"],
            ["model.name=snes", "evolution.task=sphere", "steps=200"],
            [
                "model.name=openai-es", "evolution.task=sphere", "steps=200", "evolution.sigma=0.01",
                "schedule.name=linear",
            ],
        ])
    func functions(values: [String]) throws {
        let summary = try train(ranks: 1, values + ["evolution.dimension=4", "evaluate.every=1000"])
        #expect((summary.testLoss ?? 1) < 1e-3)
    }

    @Test("A pole is balanced longer than by the first policy", arguments: ["openai-es", "snes", "neat"])
    func pole(model: String) throws {
        let summary = try train(
            ranks: 2,
            [
                "model.name=\(model)", "evolution.task=environment", "evolution.population=40", "steps=12",
                "acting.time_limit=100", "acting.test_episodes=4", "acting.frames=0", "evaluate.every=1000", "shards=2",
            ])
        #expect((summary.testMetrics?["episode_return"] ?? 0) > 40)
    }

    @Test(
        "What cannot be evolved is said",
        arguments: [
            (["model.name=neat", "evolution.task=sphere"], "neat evolves networks"),
            (["evolution.population=7"], "set an even number"),
            (["model.name=cma-es", "evolution.population=3"], "at least 4 members"),
            (["global_batch=8"], "every step evaluates all 64 members"),
            (["optimizer.name=lion"], "by adam or sgd"),
            (["model.name=neat", "neat.link_limit=2"], "the first networks have 3 links"),
            (["evolution.dimension=3"], "does not use it"),
            (["acting.rollout=3"], "does not use it"), (["neat.survivors=0.3"], "does not use it"),
        ])
    func errors(values: [String], expected: String) throws {
        let error = #expect(throws: (any Error).self) { try train(ranks: 1, values + ["steps=1"]) }
        #expect("\(try #require(error))".contains(expected))
    }
}
