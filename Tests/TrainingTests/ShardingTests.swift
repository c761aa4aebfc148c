import Checkpoints
import Communication
import Foundation
import Testing
import Training
import TrainingTestSupport

@Suite("The ranks of a host")
struct ShardingTests {
    let folder: TrainingFolder

    init() throws {
        folder = try TrainingFolder([
            PointsRecipe(settings: [
                ("checkpoint.every", "0"), ("model.name", "normalized"), ("agreement.every", "1"), ("epochs", "3"),
                ("shards", "4"), ("clip.global_norm", "0.3"), ("optimizer.weight_decay", "0.01"),
                ("average.name", "ema"), ("average.decay", "0.8"), ("diagnose.every", "3"),
            ])
        ])
    }

    @Test(
        "share the work of the optimizer and learn the same bits as those that each do all of it",
        arguments: [
            "sgd", "adam", "adamw", "nadam", "radam", "adagrad", "rmsprop", "adadelta", "lion", "lars", "lamb",
        ])
    func sameBits(optimizer: String) throws {
        let values = ["optimizer.name=\(optimizer)", "optimizer.learning_rate=0.01"]
        let alone = try folder.train("alone", "points", values)
        for (place, options) in [
            ["communication.sharding=none"], ["communication.sharding=optimizer"], ["communication.sharding=gradients"],
            ["communication.sharding=optimizer", "communication.path=messages"],
            ["communication.sharding=gradients", "communication.ranks_per_host=2"],
        ].enumerated() {
            let found = try folder.train("ranks-\(place)", "points", ranks: place % 2 == 0 ? 3 : 4, values + options)
            #expect(found.model == alone.model && found.optimizer == alone.optimizer, "\(options)")
        }
    }

    @Test("go on from each other's checkpoints, shared or not")
    func resumed() throws {
        let values = ["optimizer.name=adamw"]
        let whole = try folder.train("whole", "points", values)
        for (first, second) in [("none", "optimizer"), ("optimizer", "none"), ("gradients", "optimizer")] {
            let run = "run-\(first)-\(second)"
            try folder.train(run, "points", ranks: 3, values + ["epochs=1", "communication.sharding=\(first)"])
            let resumed = try folder.train(
                run, "points", ranks: 4, resumes: true, values + ["epochs=3", "communication.sharding=\(second)"])
            #expect(resumed.model == whole.model && resumed.optimizer == whole.optimizer, "\(first), then \(second)")
        }
    }

    @Test("try buckets of several sizes in the first steps, say which are best, and learn the same bits")
    func tuned() throws {
        let values = ["communication.autotune=never", "epochs=20", "diagnose.every=0"]
        let expected = try folder.train("fixed", "points", values)
        let tuned = ["communication.autotune=always", "epochs=20", "diagnose.every=0"]
        for path in ["automatic", "messages"] {
            let found = try folder.train("tuned", "points", ranks: 2, tuned + ["communication.path=\(path)"])
            #expect(found.model == expected.model && found.optimizer == expected.optimizer, "\(path)")
            try FileManager.default.removeItem(atPath: folder("tuned"))
        }
    }
}
