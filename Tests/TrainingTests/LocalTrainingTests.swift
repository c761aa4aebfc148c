import Checkpoints
import Communication
import Foundation
import Testing
import Training
import RunRecords
import TrainingTestSupport

@Suite("Workers that train apart")
struct LocalTrainingTests {
    let folder: TrainingFolder

    init() throws {
        folder = try TrainingFolder([
            PointsRecipe(settings: [
                ("checkpoint.every", "0"), ("model.name", "normalized"), ("agreement.every", "1"), ("epochs", "6"),
                ("global_batch", "8"), ("shards", "4"), ("optimizer.learning_rate", "0.1"), ("log.every", "2"),
            ])
        ])
    }

    private func distance(_ a: Checkpoint, _ b: Checkpoint) -> Float {
        zip(a.model.flatMap(\.values), b.model.flatMap(\.values)).map { abs($0 - $1) }.max() ?? .infinity
    }

    @Test(
        "Averaged after each step they learn what all ranks learn together, but for rounding and the batches' moments",
        arguments: ["optimizer.momentum=0", "optimizer.momentum=0.9"])
    func everyStep(momentum: String) throws {
        // a linear model: the mean of the workers' gradients is the gradient of the whole batch
        let values = [momentum, "model.name=linear"]
        let together = try folder.train("together", "points", ranks: 2, values)
        let apart = try folder.train("apart", "points", ranks: 2, values + ["local.steps=1"])
        #expect(distance(apart, together) < 1e-5)
        let rare = try folder.train("rare", "points", ranks: 2, values + ["local.steps=5"])
        #expect(distance(rare, together) > 1e-3)
    }

    /// Local SGD, DiLoCo, averages among hosts of several ranks; 30 steps, averaged after 7, 14, 21 and 28.
    static let ways: [[String]] = [
        [], ["local.outer_rate=0.7", "local.outer_momentum=0.9", "optimizer.name=adamw"],
        ["local.workers=2", "optimizer.name=adam"],
    ]

    @Test("Any number of ranks gives the same bytes, also stopped between two averages and resumed", arguments: ways)
    func sameBytes(way: [String]) throws {
        let values = way + ["local.steps=7"]
        let alone = try folder.train("alone", "points", values)
        for ranks in [2, 4] {
            #expect(
                try folder.train("ranks-\(ranks)", "points", ranks: ranks, values).model == alone.model,
                "\(ranks) ranks")
        }
        #expect(
            try folder.train("hosts", "points", ranks: 4, values + ["communication.ranks_per_host=2"]).model
                == alone.model)
        for (first, second) in [(1, 4), (4, 2), (2, 1)] {
            let run = "run-\(first)-\(second)"
            try folder.train(run, "points", ranks: first, values + ["epochs=2"])
            let resumed = try folder.train(run, "points", ranks: second, resumes: true, values + ["epochs=6"])
            #expect(resumed.model == alone.model, "\(first), then \(second) ranks")
            #expect(resumed.optimizer == alone.optimizer, "\(first), then \(second) ranks")
        }
        let metrics = try folder.text("alone", "metrics.jsonl").split(separator: "\n").filter {
            $0.contains("\"step\"")
        }
        let losses = metrics.compactMap { $0.firstMatch(of: /"loss":([0-9.e-]+)/)?.1 }
        let others = try folder.text("ranks-4", "metrics.jsonl").split(separator: "\n").filter {
            $0.contains("\"step\"")
        }
        #expect(losses.count > 20 && losses == others.compactMap { $0.firstMatch(of: /"loss":([0-9.e-]+)/)?.1 })
    }

    @Test("They learn as well as all ranks together: all points but few are classified right", arguments: ways)
    func learns(way: [String]) throws {
        let values = way + ["local.steps=7", "epochs=40", "optimizer.learning_rate=0.05", "model.name=linear"]
        try folder.train("learned", "points", ranks: 2, values)
        let accuracy = try folder.text("learned", "metrics.jsonl").matches(of: /"accuracy":([0-9.]+)/).last?.1
        #expect(try #require(accuracy.flatMap { Double($0) }) > 0.94)
    }

    @Test("What does not go together with them is refused, and so are shards or ranks that can't be divided")
    func refused() throws {
        for (values, expected) in [
            (
                ["local.workers=3"],
                "local.workers is 3, but local.steps 0 does not use it; leave it at 0, or set local.steps to 1 or more"
            ),
            (["local.steps=2", "local.workers=3"], "3 workers that train apart need a number of shards"),
            (["local.steps=2", "average.name=ema"], "average.name ema needs steps that all ranks take together"),
            (["local.steps=2", "optimizer.name=lbfgs"], "optimizer.name lbfgs needs steps"),
            (["local.steps=2", "compression.name=sign"], "compression.name sign needs steps"),
            (["local.steps=2", "diagnose.every=1"], "diagnose.every 1 needs steps"),
        ] {
            let error = #expect(throws: RankFailure.self) { try folder.train("refused", "points", ranks: 2, values) }
            #expect(error?.message.contains(expected) == true, "\(error?.message ?? "")")
        }
    }
}
