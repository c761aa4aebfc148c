import Checkpoints
import Communication
import Foundation
import Testing
import Training

@Suite("Training with synchronized batch normalization")
struct SynchronizedTrainingTests {
    let folder: TrainingFolder

    init() throws {
        folder = try TrainingFolder([
            PointsRecipe(settings: [
                ("checkpoint.every", "0"), ("model.name", "normalized"), ("agreement.every", "1"), ("epochs", "3"),
            ])
        ])
    }

    private let synchronized = "model.batch_norm=synchronized"

    private func distance(_ a: Checkpoint, _ b: Checkpoint) -> Float {
        zip(a.model.flatMap(\.values), b.model.flatMap(\.values)).map { abs($0 - $1) }.max() ?? .infinity
    }

    @Test(
        "Two to four ranks learn what one learns but for rounding, also where a batch has fewer samples than ranks",
        arguments: [10, 13], ["automatic", "messages"])
    func ranks(batch: Int, path: String) throws {
        let values = ["global_batch=\(batch)", "communication.path=\(path)", synchronized]
        let alone = try folder.train("alone", "points", ["global_batch=\(batch)", synchronized])
        for ranks in 2...4 {
            let found = try folder.train("ranks-\(ranks)", "points", ranks: ranks, values)
            #expect(distance(found, alone) < 1e-4, "\(ranks) ranks: \(distance(found, alone))")
            let shard = try folder.train(
                "shard-\(ranks)", "points", ranks: ranks, ["global_batch=\(batch)", "shards=\(ranks)"])
            #expect(distance(shard, alone) > 1e-3, "\(ranks) shards: \(distance(shard, alone))")
        }
    }

    @Test("One rank does what one shard does, bit for bit")
    func oneRank() throws {
        let values = ["global_batch=10", "shards=1"]
        let shard = try folder.train("shard", "points", values)
        let found = try folder.train("synchronized", "points", values + [synchronized])
        #expect(found.model == shard.model)
        #expect(found.optimizer == shard.optimizer)
    }

    @Test("Four shards give the same bytes on any number of ranks, also after going on with another number")
    func sameBytes() throws {
        let values = ["global_batch=13", "shards=4", synchronized]
        let whole = try folder.train("whole", "points", values)
        for ranks in 2...4 {
            let found = try folder.train("ranks-\(ranks)", "points", ranks: ranks, values)
            #expect(found.model == whole.model && found.optimizer == whole.optimizer, "\(ranks) ranks")
        }
        try folder.train("run", "points", ranks: 2, values + ["epochs=1"])
        let resumed = try folder.train("run", "points", ranks: 3, resumes: true, values + ["epochs=3"])
        #expect(resumed.model == whole.model && resumed.optimizer == whole.optimizer)
    }

    @Test("What it does not go together with is refused", arguments: [1, 2])
    func refused(ranks: Int) throws {
        for (value, part) in [
            ("model.name=linear", "no batch normalization"), ("optimizer.name=newton_cg", "second derivatives"),
        ] {
            do {
                try folder.train("refused", "points", ranks: ranks, [synchronized, value])
                Issue.record("\(value) was not refused")
            } catch {
                #expect("\(error)".contains("model.batch_norm") && "\(error)".contains(part), "\(error)")
            }
            #expect(!FileManager.default.fileExists(atPath: folder("refused")))
        }
    }
}
