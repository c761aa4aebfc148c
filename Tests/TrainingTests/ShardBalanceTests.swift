import Checkpoints
import Communication
import Foundation
import Testing
import Training
import TrainingTestSupport

@Suite("Load balancing by measured speed")
struct ShardBalanceTests {
    /// Trains 40 steps of ten shards on two ranks, the second of which needs 3 ms more for each shard.
    private func train(_ folder: TrainingFolder, _ run: String, _ values: [String]) throws -> Checkpoint {
        var request = TrainingRequest(target: "faulty", runDirectory: folder(run))
        request.overrides = try (["shards=10", "steps=40"] + values).map { try SettingOverride(assignment: $0) }
        let asked = request
        _ = try InProcessCommunicator.run(ranks: 2) { communicator in
            if communicator.rank == 1 { Thread.current.threadDictionary[FaultyRecipe.slowThread] = true }
            let catalog = RecipeCatalog([FaultyRecipe(.slowThread(milliseconds: 3))])
            _ = try TrainingProgram(asked, catalog: catalog, communicator: communicator).run()
        }
        return try SavedRun.checkpoint(at: folder(run))
    }

    @Test("gives the fast rank more shards, and changes no bit")
    func balance() throws {
        let folder = try TrainingFolder([FaultyRecipe()])
        let even = try train(folder, "even", [])
        let balanced = try train(folder, "balanced", ["balance.mode=automatic", "balance.every=5"])
        #expect(balanced.model == even.model && balanced.optimizer == even.optimizer)
        // a shard takes the slow rank far more than ten times as long: of ten it keeps one
        #expect(try folder.text("balanced", "metrics.jsonl").contains("\"shards_by_rank\":[9,1]"))
        #expect(try !folder.text("even", "metrics.jsonl").contains("shards_by_rank"))
    }
}
