import Checkpoints
import Communication
import Foundation
import Testing
import Training
import RunRecords
import TrainingTestSupport

@Suite("Training with compressed gradients")
struct CompressionTrainingTests {
    let folder: TrainingFolder

    init() throws {
        folder = try TrainingFolder([
            PointsRecipe(settings: [
                ("checkpoint.every", "0"), ("model.name", "wide"), ("agreement.every", "1"), ("epochs", "4"),
                ("global_batch", "11"), ("optimizer.learning_rate", "0.02"),
            ])
        ])
    }

    static let ways: [[String]] = [
        ["compression.name=bf16"], ["compression.name=fp16"], ["compression.name=top_k", "compression.share=0.1"],
        ["compression.name=powersgd", "compression.rank=2"], ["compression.name=sign"],
        ["communication.combination=adasum"],
    ]

    @Test(
        "A run that was stopped and goes on with other ranks ends as one that was not: weights and what is remembered",
        arguments: ways)
    func resumed(way: [String]) throws {
        let values = way + ["shards=4"]
        let whole = try folder.train("whole", "points", values)
        try folder.train("run", "points", ranks: 2, values + ["epochs=1"])
        try folder.train("run", "points", ranks: 4, resumes: true, values + ["epochs=2"])
        let resumed = try folder.train("run", "points", ranks: 3, resumes: true, values + ["epochs=4"])
        #expect(resumed.model == whole.model)
        #expect(resumed.optimizer == whole.optimizer)
        #expect(resumed.state.progress == whole.state.progress)

        let names = whole.optimizer.map(\.name)
        let remembered = whole.optimizer.filter { $0.name.hasPrefix("compression_") }
        #expect(remembered.isEmpty == !["top_k", "powersgd", "sign"].contains { way[0].hasSuffix($0) })
        if !remembered.isEmpty {
            #expect(names.contains("compression_error.shard3.layers.1.weight"), "\(names)")
            #expect(remembered.allSatisfy { $0.values.contains { $0 != 0 } })
        }
        // what is compressed is another course than what is not
        #expect(try folder.train("exact", "points", ["shards=4"]).model != whole.model)
    }

    @Test("The checkpoint of a run that remembers is evaluated as any other")
    func evaluated() throws {
        try folder.train("run", "points", ["shards=2", "compression.name=sign"])
        let outcome = try CheckpointEvaluation(
            path: folder("run"), overrides: [],
            catalog: RecipeCatalog([PointsRecipe()])
        ).run(over: SoloCommunicator())
        #expect(outcome.result.accuracy != nil)
    }

    @Test("The way, its share and its rank are for the whole run", arguments: ["name=sign", "share=0.5", "rank=3"])
    func fixed(change: String) throws {
        try folder.train("run", "points", ["compression.name=powersgd", "compression.rank=2", "epochs=1"])
        #expect(throws: (any Error).self) {
            try folder.train("run", "points", resumes: true, ["compression.\(change)", "epochs=2"])
        }
    }

    @Test("Workers that train apart have no gradients to combine", arguments: ways)
    func apart(way: [String]) throws {
        do {
            try folder.train("apart", "points", way + ["local.steps=5", "shards=2"])
            Issue.record("\(way) was not refused")
        } catch {
            #expect("\(error)".contains("needs steps that all ranks take together, and local.steps is 5"), "\(error)")
        }
    }

    @Test("The summary says how many bytes were sent, and how many would have been")
    func summary() throws {
        try folder.train("run", "points", ranks: 2, ["compression.name=powersgd", "compression.rank=2"])
        let last = try #require(folder.text("run", "metrics.jsonl").split(separator: "\n").last)
        guard case .summary(let summary)? = MetricsRecord(line: last) else {
            Issue.record("no summary: \(last)")
            return
        }
        let (sent, whole) = (try #require(summary.sentBytes), try #require(summary.uncompressedBytes))
        #expect(sent > 0 && sent < whole)
        #expect(summary.text(isUnicode: true).contains("bytes sent per step"))
    }
}
