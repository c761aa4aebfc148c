import Diagnosis
import Checkpoints
import Communication
import Foundation
import Testing
import Training
import RunRecords
import TestSupport
import TrainingTestSupport

@Suite("Steps that are not finite")
struct NonFiniteTests {
    private typealias Fault = FaultyRecipe.Fault

    /// Sample 13 comes in one step of each epoch of four.
    static let faults: [FaultyRecipe.Fault] = [.data(sample: 13), .gradient(sample: 13)]

    private let values = [
        "model.name=normalized", "non_finite.action=skip", "average.name=ema", "average.decay=0.5", "epochs=3",
        "schedule.name=cosine", "optimizer.momentum=0.9", "log.every=1",
    ]

    private func skips(_ folder: TrainingFolder, _ run: String) throws -> [SkipReport] {
        try folder.text(run, "metrics.jsonl").split(separator: "\n").compactMap { MetricsRecord(line: $0) }
            .compactMap { if case .skip(let report) = $0 { report } else { nil } }
    }

    private func difference(_ a: Checkpoint, _ b: Checkpoint) -> [String] {
        zip(a.model + a.optimizer, b.model + b.optimizer).filter { $0 != $1 }.map { $0.0.name }
    }

    @Test("are skipped by all ranks: nothing changes but the step and the samples", arguments: faults)
    func skipped(fault: FaultyRecipe.Fault) throws {
        let folder = try TrainingFolder([FaultyRecipe(fault)])
        let whole = try folder.train("whole", "faulty", values)
        let skips = try skips(folder, "whole")
        #expect(skips.count == 3 && skips.map(\.skipped) == [1, 2, 3])
        let step = try #require(skips.last?.step)
        #expect((9...12).contains(step))
        // with a limit on the run the schedule would be another
        let constant = values.filter { !$0.hasPrefix("schedule") } + ["epochs=10"]
        let before = try folder.train("before", "faulty", constant + ["steps=\(step - 1)"])
        let after = try folder.train("after", "faulty", constant + ["steps=\(step)"])
        #expect(difference(before, after) == [])
        #expect(after.model.count == 8, "with the running statistics")
        #expect(after.state.samplesConsumed - before.state.samplesConsumed == 10)
        #expect(after.state.progress?["non_finite.skipped"] == "3")
        #expect(whole.model.allSatisfy { $0.values.allSatisfy(\.isFinite) })

        // by any ranks, and resumed right after, or before
        for ranks in 2...3 {
            let found = try folder.train("ranks \(ranks)", "faulty", ranks: ranks, values)
            #expect(found.model == whole.model && found.optimizer == whole.optimizer)
            #expect(found.state.progress == whole.state.progress)
            #expect(try self.skips(folder, "ranks \(ranks)").map(\.step) == skips.map(\.step))
        }
        for last in [step - 1, step] {
            try folder.train("resumed", "faulty", ranks: 2, constant + ["steps=\(last)"])
            let resumed = try folder.train("resumed", "faulty", resumes: true, ["steps=12"])
            let expected = try folder.train("expected", "faulty", constant + ["steps=12"])
            #expect(difference(resumed, expected) == [] && resumed.state.progress == expected.state.progress)
            try FileManager.default.removeItem(atPath: folder("resumed"))
            try FileManager.default.removeItem(atPath: folder("expected"))
        }
    }

    @Test("An average that should begin with a skipped step begins with the weights that stay")
    func averageBegins() throws {
        let folder = try TrainingFolder([FaultyRecipe(.data(sample: 13))])
        try folder.train("find", "faulty", values)
        let step = try #require(try skips(folder, "find").last?.step)
        let found = try folder.train(
            "run", "faulty", values + ["schedule.name=constant", "average.start=\(step)", "steps=\(step)"])
        for tensor in found.model {
            let average = found.optimizer.first { $0.name == "average." + tensor.name }
            #expect(average?.values == tensor.values, "\(tensor.name)")
        }
    }

    @Test("stop all ranks once too many in a row were skipped", arguments: [1, 2])
    func limit(ranks: Int) throws {
        let folder = try TrainingFolder([FaultyRecipe(.data(sample: nil))])
        let text = message {
            _ = try folder.train(
                "run", "faulty", ranks: ranks, ["non_finite.action=skip", "non_finite.limit=2"])
        }
        #expect(text.hasPrefix("the loss of step 3 is nan: all weights were finite before it, but the data"), "\(text)")
        #expect(text.contains("2 steps before it in a row were skipped (non_finite.limit)"), "\(text)")
        #expect(try skips(folder, "run").map(\.step) == [1, 2])
        let twice = try TrainingFolder([FaultyRecipe(.data(sample: 13))])
        // one in four is never two in a row
        try twice.train("run", "faulty", ["non_finite.action=skip", "non_finite.limit=1", "epochs=2"])
    }

    @Test("are named with shard and rank, and their replay gives the same bits on one process", arguments: faults)
    func replay(fault: FaultyRecipe.Fault) throws {
        let recipes = [FaultyRecipe(fault)]
        let folder = try TrainingFolder(recipes)
        try folder.train("run", "faulty", ranks: 2, values)
        let skip = try #require(try skips(folder, "run").first)
        let path = try #require(skip.replay)
        #expect(path == folder("run") + "/replay-step-\(skip.step).json")
        let replay = try Replay(path: path, catalog: RecipeCatalog(recipes))
        let result = try replay.run()
        #expect(result.differing == [] && result.shards == result.record.shards)
        try result.check()
        let shard = try #require(result.shards.first)
        #expect(result.shards.count == 1 && shard.samples.contains(13) && !shard.isFinite)
        #expect(
            shard.rank == (shard.shard < 2 ? 0 : 1)
                && skip.place == "shard \(shard.shard), on rank \(shard.rank) (localhost)")
        let operation = try #require(shard.operation)
        if case .data = fault {
            #expect(operation.isOfData && !operation.isBackward && operation.name == "LinearTransform")
            #expect(skip.finding?.contains("but the data that operation 1 of the forward pass") == true)
            #expect(shard.loss.isNaN)
        } else {
            #expect(operation.isBackward && operation.name == "SquareRoot" && shard.loss.isFinite)
            #expect(shard.gradient == "features.linear.weight")
        }

        // another record, or other weights, are found out
        let text = try folder.text("run", "replay-step-\(skip.step).json")
        let other = text.replacing("\"lossBits\" : \"\(shard.lossBits)\"", with: "\"lossBits\" : \"1\"")
        #expect(other != text)
        try other.write(toFile: path, atomically: true, encoding: .utf8)
        let differing = try Replay(path: path, catalog: RecipeCatalog(recipes)).run()
        #expect(differing.differing == [shard.shard])
        #expect(message { try differing.check() }.hasPrefix("not the same bits again in shard \(shard.shard): "))
        let weights = path.replacing(".json", with: ".safetensors")
        let tensors = try SafetensorsFile(path: weights).tensors().map {
            NamedTensor(name: $0.name, shape: $0.shape, values: $0.values.map { $0 + 1 })
        }
        try SafetensorsFile.write(tensors, to: weights)
        #expect(
            message { _ = try Replay(path: path, catalog: RecipeCatalog(recipes)).run() }
                .contains("its weights have the hash"))
        #expect(
            message { _ = try Replay(path: folder("run") + "/manifest.json", catalog: RecipeCatalog(recipes)) }
                .contains("manifest.json is damaged: found no \"formatVersion\", expected the file replay-step-N.json"))
    }

    @Test("Where batch normalization sees the global batch, a replay computes all shards")
    func synchronized() throws {
        let recipes = [FaultyRecipe(.data(sample: 13))]
        let folder = try TrainingFolder(recipes)
        let text = message {
            _ = try folder.train(
                "run", "faulty", ranks: 3, ["model.name=normalized", "model.batch_norm=synchronized", "epochs=1"])
        }
        let path = try #require(text.firstMatch(of: /see it again with: lockstep replay (\S+)/)).1
        let result = try Replay(path: String(path), catalog: RecipeCatalog(recipes)).run()
        #expect(result.shards.count == result.record.state.shards && result.differing == [])
        #expect(result.shards.contains { !$0.isFinite })
    }

    @Test("Second-order methods stop")
    func secondOrder() {
        #expect(
            message {
                var settings = Settings()
                try settings.apply(
                    [("recipe", "faulty"), ("optimizer.name", "lbfgs"), ("non_finite.action", "skip")], source: "test")
                try settings.validate()
            }.contains("which cannot be skipped; set non_finite.action=stop"))
    }

    // MARK: Agreement

    @Test("A bit that flips in one rank's weights is found, with tensor, rank and the steps that it can have been")
    func flippedBit() throws {
        let folder = try TrainingFolder([])
        let path = folder("run")
        let text = message {
            _ = try InProcessCommunicator.run(ranks: 3) { communicator in
                var request = TrainingRequest(target: "faulty", runDirectory: path)
                request.overrides = try [
                    "agreement.every=10", "shards=3", "epochs=20", "communication.sharding=none",
                ].map { try SettingOverride(assignment: $0) }
                let recipe = FaultyRecipe(communicator.rank == 1 ? .flippedBit(pass: 27) : .none)
                _ = try TrainingProgram(request, catalog: RecipeCatalog([recipe]), communicator: communicator)
                    .run()
            }
        }
        #expect(
            text.hasPrefix(
                "the weights differ between ranks after step 30 (they were equal after step 20, so the first bad step is "
                    + "one of 21 to 30): first in tensor weight, on rank 1; check the memory of that host"), "\(text)")
    }
}
