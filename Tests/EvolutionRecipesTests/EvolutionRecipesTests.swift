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
        let hasRate = try folder.text("run/metrics.jsonl").contains("\"learning_rate\"")
        #expect(hasRate == values.contains("model.name=openai-es"))
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

    /// The rows of what a run would do, on so many ranks.
    private func explanation(ranks: Int, _ values: [String]) throws -> [String: String] {
        var request = TrainingRequest(target: "evolution", runDirectory: "")
        request.overrides = try values.map { try SettingOverride(assignment: $0) }
        let asked = request
        let found = try InProcessCommunicator.run(ranks: ranks) { communicator in
            try TrainingProgram(asked, catalog: RecipeCatalog([EvolutionRecipe()]), communicator: communicator)
                .explain()
        }
        return Dictionary(found[0].rows.map { ($0.name, $0.text) }) { first, _ in first }
    }

    @Test("What is exchanged is the fitness, 8 bytes of each member, and no gradients")
    func exchange() throws {
        let two = try explanation(ranks: 2, ["evolution.population=6", "shards=2"])
        #expect(two["exchange"]?.hasPrefix("the fitness of 6 members, 48 bytes, gathered from the ranks") == true)
        #expect(two["gradients"] == nil && two["optimizer"] == "adam")
        let one = try explanation(ranks: 1, ["model.name=neat", "evolution.population=7"])
        #expect(one["exchange"]?.hasSuffix("56 bytes, on one rank: nothing is sent") == true)
        // NEAT follows no optimizer
        #expect(one["optimizer"] == nil && one["learning rate"] == nil)
    }

    @Test("A checkpoint holds the population, whose moments are its own, and no state of an optimizer")
    func state() throws {
        try train(ranks: 1, ["evolution.task=sphere", "steps=1", "evolution.population=4"])
        let file = try folder.read("run/checkpoints/step-00000001/optimizer.safetensors")
        let size = file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        let header = String(decoding: file.dropFirst(8).prefix(size), as: UTF8.self)
        #expect(header.contains("evolution.float64_bits") && !header.contains("adam") && !header.contains("position"))
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
            (
                ["model.name=snes", "evolution.task=sphere", "acting.environment=pendulum"],
                "acting.environment is pendulum, but evolution.task sphere does not use it; leave it at cartpole, or set evolution.task to environment"
            ), (["model.name=neat", "acting.test_episodes=3"], "evolution.task xor does not use it"),
            (
                ["model.name=cma-es", "evolution.task=sphere", "optimizer.learning_rate=0.3"],
                "model.name cma-es does not use it"
            ), (["model.name=neat", "optimizer.name=adam"], "or set model.name to openai-es"),
            (["model.name=snes", "schedule.name=cosine"], "or set model.name to openai-es"),
            (["clip.global_norm=1"], "the recipe evolution does not use it"),
            (["optimizer.l2=1"], "the recipe evolution does not use it"),
            (["acting.rollout=3"], "does not use it"), (["neat.survivors=0.3"], "does not use it"),
        ])
    func errors(values: [String], expected: String) throws {
        let error = #expect(throws: (any Error).self) { try train(ranks: 1, values + ["steps=1"]) }
        #expect("\(try #require(error))".contains(expected))
    }
}
