import Checkpoints
import Communication
import Foundation
import Optimizers
import Testing
import Training
import RunRecords
import TrainingTestSupport

@Suite("Training by second-order methods")
struct SecondOrderTrainingTests {
    static let names = OptimizerSettings.rules.filter { $0 is any SecondOrderRule.Type }.map { $0.name }
    let folder: TrainingFolder

    init() throws {
        folder = try TrainingFolder([
            PointsRecipe(settings: [
                ("global_batch", "40"), ("checkpoint.every", "0"), ("model.name", "linear"), ("log.every", "1"),
            ])
        ])
    }

    /// `reference_second_order.py`, PyTorch 2.15 in Float64.
    private static let optimum = (
        loss: 0.3413190035122763,
        weights: [
            -0.8214825659741487, 0.8214825659741488, 0.5971058493769722, -0.5971058493769723, 0.10030362232714395,
            -0.10030362232714389,
        ]
    )

    @Test("A convex loss over the whole data set is brought to its optimum, that of PyTorch", arguments: names)
    func optimum(name: String) throws {
        let saved = try folder.train(
            "run", "points", ranks: 2,
            ["optimizer.name=\(name)", "optimizer.weight_decay=0.1", "steps=12", "shards=3"])
        let found = saved.model.flatMap(\.values)
        for (value, expected) in zip(found, Self.optimum.weights) { #expect(abs(value - Float(expected)) < 2e-5) }
        #expect(found.count == Self.optimum.weights.count)
        let lines = try folder.text("run", "metrics.jsonl").split(separator: "\n")
        let last = try #require(lines.last { $0.contains("\"event\":\"evaluation\"") })
        let loss = try #require(last.firstMatch(of: /"loss":([0-9.]+)/).flatMap { Double($0.1) })
        #expect(abs(loss - Self.optimum.loss) < 1e-5)
    }

    @Test(
        "Batches, several iterations, batch normalization and an average: the same bytes on one to four ranks",
        arguments: names)
    func sameBytes(name: String) throws {
        let values =
            [
                "model.name=normalized", "optimizer.name=\(name)", "optimizer.iterations=2", "global_batch=15",
                "epochs=2",
                "shards=4", "average.name=ema", "optimizer.l2=0.01",
            ] + (name == "newton_cg" ? ["optimizer.cg_iterations=5"] : [])
        let alone = try folder.train("alone", "points", values)
        for ranks in 2...4 {
            #expect(try folder.train("ranks-\(ranks)", "points", ranks: ranks, values) == alone, "\(ranks) ranks")
        }
    }

    @Test("A run that was stopped and resumed ends as one that was not", arguments: names)
    func resumed(name: String) throws {
        let values =
            [
                "model.name=normalized", "optimizer.name=\(name)", "global_batch=20", "optimizer.l2=0.01", "shards=2",
            ] + (name == "lbfgs" ? ["optimizer.history_size=3"] : [])
        let whole = try folder.train("whole", "points", values + ["epochs=4"])
        for first in [1, 3] {
            try folder.train("run-\(first)", "points", ranks: 2, values + ["epochs=\(first)"])
            let resumed = try folder.train("run-\(first)", "points", resumes: true, values + ["epochs=4"])
            #expect(resumed.model == whole.model)
            #expect(resumed.optimizer == whole.optimizer)
            #expect(resumed.state.progress == whole.state.progress)
        }
        if name != "newton_cg" { #expect(whole.optimizer.contains { $0.values.contains { $0 != 0 } }) }
    }

    @Test("What is frozen keeps its bits, and the rest learns", arguments: names)
    func frozen(name: String) throws {
        let common = ["model.name=normalized"]
        let fresh = try folder.train(
            "fresh", "points", common + ["steps=1", "optimizer.learning_rate=0", "freeze=features.*"])
        let values =
            common + [
                "optimizer.name=\(name)", "optimizer.weight_decay=0.1", "steps=5", "freeze=[features.*]",
            ]
        let found = try folder.train("run", "points", ranks: 2, values)
        for (tensor, before) in zip(found.model, fresh.model) {
            #expect((tensor == before) == tensor.name.hasPrefix("features."), "\(tensor.name)")
        }
    }

    @Test(
        "Settings that do not go together are refused",
        arguments: [
            ("schedule.name=cosine", "schedule.name=constant"), ("schedule.warmup_steps=3", "schedule.warmup_steps=0"),
            ("clip.global_norm=1", "clip.global_norm"), ("optimizer.l1=0.1", "optimizer.l1"),
            ("optimizer.groups=[*=0.5]", "optimizer.groups"),
        ])
    func refused(value: String, part: String) throws {
        do {
            try folder.train("refused", "points", ["optimizer.name=lbfgs", value])
            Issue.record("\(value) was not refused")
        } catch {
            #expect("\(error)".contains("optimizer.name lbfgs") && "\(error)".contains(part), "\(error)")
        }
        #expect(!FileManager.default.fileExists(atPath: folder("refused")))
    }
}
