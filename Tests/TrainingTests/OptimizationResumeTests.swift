import Checkpoints
import Communication
import Foundation
import Optimizers
import Testing
import RunRecords
import Training
import TrainingTestSupport

@Suite("Optimizers in a run")
struct OptimizationResumeTests {
    private static let catalog = RecipeCatalog([
        PointsRecipe(settings: [
            ("global_batch", "10"), ("epochs", "6"), ("checkpoint.every", "0"), ("optimizer.learning_rate", "0.02"),
            ("model.name", "linear"), ("optimizer.decay", "matrices"), ("optimizer.weight_decay", "0.1"),
            ("optimizer.l1", "0.001"), ("schedule.name", "plateau"), ("schedule.patience", "0"),
            ("schedule.threshold", "0.2"), ("clip.value", "0.5"), ("clip.parameter_norm", "0.4"),
            ("clip.global_norm", "0.45"), ("average.start", "3"), ("average.every", "2"),
        ])
    ])

    private static func train(_ folder: String, epochs: Int, resumes: Bool = false, _ values: [String]) throws
        -> (checkpoint: Checkpoint, loss: Double)
    {
        var request = TrainingRequest(target: "points", runDirectory: folder, resumes: resumes)
        request.overrides = try (values + ["epochs=\(epochs)"]).map { try SettingOverride(assignment: $0) }
        let summary = try TrainingProgram(request, catalog: catalog, communicator: SoloCommunicator()).run()
        return (try SavedRun.checkpoint(at: folder), try #require(summary.testLoss))
    }

    @Test(
        "A rule has its own epsilon and its own second memory, as in PyTorch and in Lion's paper, unless others are given",
        arguments: [
            ("adam", "optimizer.epsilon=1e-8", "optimizer.epsilon=1e-6"),
            ("adagrad", "optimizer.epsilon=1e-10", "optimizer.epsilon=1e-3"),
            ("adadelta", "optimizer.epsilon=1e-6", "optimizer.epsilon=1e-8"),
            ("lamb", "optimizer.epsilon=1e-6", "optimizer.epsilon=1e-3"),
            ("lion", "optimizer.beta2=0.99", "optimizer.beta2=0.999"),
            ("adamw", "optimizer.beta2=0.999", "optimizer.beta2=0.99"),
        ])
    func ownDefaults(optimizer: String, same: String, other: String) throws {
        let own = try weights(["optimizer.name=\(optimizer)"])
        #expect(try weights(["optimizer.name=\(optimizer)", same]) == own)
        #expect(try weights(["optimizer.name=\(optimizer)", other]) != own)
    }

    @Test(
        "Decoupled decay of plain descent shrinks the weights by 1 - rate · decay at each step; an L2 penalty with momentum does not"
    )
    func decoupledDecay() throws {
        let plain = [
            "optimizer.l1=0", "clip.value=0", "clip.parameter_norm=0", "clip.global_norm=0", "global_batch=40",
        ]
        let still = ["optimizer.learning_rate=0.02", "optimizer.decay=all", "schedule.name=constant"]
        func difference(_ optimizer: String, _ values: String...) throws -> [Float] {
            let name = ["optimizer.name=\(optimizer)"]
            let with = try weights(plain + still + name + ["optimizer.weight_decay=0.5"] + values)
            let without = try weights(plain + still + name + ["optimizer.weight_decay=0"] + values)
            return zip(with, without).map { $0 - $1 }
        }
        // of the weights that the run begins with, 0.02 · 0.5 is taken, whatever the rule makes of the gradient
        let begin = try weights(plain + still + ["optimizer.learning_rate=0", "optimizer.weight_decay=0"])
        for optimizer in ["sgd", "nadam", "radam", "adagrad", "rmsprop", "adadelta"] {
            let taken = try difference(optimizer, "optimizer.decoupled_decay=true")
            for (change, weight) in zip(taken, begin) { #expect(abs(change + 0.01 * weight) < 1e-6, "\(optimizer)") }
        }
        #expect(try difference("adam", "optimizer.decoupled_decay=true") == difference("adamw"))
        #expect(try difference("nadam") != difference("nadam", "optimizer.decoupled_decay=true"))
        // the same penalty under its two names
        let l2 = try weights(plain + still + ["optimizer.weight_decay=0", "optimizer.l2=0.5"])
        #expect(try weights(plain + still + ["optimizer.weight_decay=0.5"]) == l2)
    }

    /// The weights that a run of a few steps ends with.
    private func weights(_ values: [String]) throws -> [Float] {
        let folder = NSTemporaryDirectory() + "lockstep-optimizers-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try Self.train(folder, epochs: 1, values).checkpoint.model.flatMap(\.values)
    }

    @Test(
        "A run that was stopped and resumed ends as one that was not: weights, state, average and schedule",
        arguments: gradientOptimizers, [AverageSettings.Name.ema, .swa])
    func resumed(optimizer: String, average: AverageSettings.Name) throws {
        let folder = NSTemporaryDirectory() + "lockstep-optimizers-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let values = ["optimizer.name=\(optimizer)", "average.name=\(average.rawValue)"]
        let whole = try Self.train(folder + "-whole", epochs: 6, values)
        defer { try? FileManager.default.removeItem(atPath: folder + "-whole") }
        _ = try Self.train(folder, epochs: 3, values)
        let resumed = try Self.train(folder, epochs: 6, resumes: true, values)
        #expect(resumed.checkpoint.model == whole.checkpoint.model)
        #expect(resumed.checkpoint.optimizer == whole.checkpoint.optimizer)
        #expect(resumed.checkpoint.state == whole.checkpoint.state)
        #expect(resumed.loss == whole.loss)
        let progress = try #require(whole.checkpoint.state.progress)
        #expect(progress["plateau.factor"] != "1.0", "the schedule has done something: \(progress)")

        // the average is another model than the weights, and it is what is evaluated, also of the saved run
        let averages = whole.checkpoint.optimizer.filter { $0.name.hasPrefix("average.") }
        #expect(averages.map(\.name) == whole.checkpoint.model.map { "average.\($0.name)" })
        #expect(averages[0].values != whole.checkpoint.model[0].values)
        let outcome = try CheckpointEvaluation(path: folder, overrides: [], catalog: Self.catalog)
            .run(over: SoloCommunicator())
        #expect(outcome.result.loss == whole.loss)
    }
}
