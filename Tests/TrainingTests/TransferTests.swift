import Checkpoints
import Communication
import Foundation
import Testing
import Training
import RunRecords
import TrainingTestSupport

@Suite("Transfer learning")
struct TransferTests {
    let folder: TrainingFolder

    /// A network for two classes, trained for a while, and one for three.
    init() throws {
        let settings = [("global_batch", "10"), ("checkpoint.every", "0"), ("model.name", "normalized")]
        folder = try TrainingFolder([
            PointsRecipe(name: "two", settings: settings), PointsRecipe(name: "three", settings: settings, classes: 3),
            PointsRecipe(name: "other", settings: settings + [("model.name", "linear")]),
        ])
    }

    private static let features = [
        "features.linear.weight", "features.linear.bias", "features.normalization.weight",
        "features.normalization.bias", "features.normalization.mean", "features.normalization.variance",
    ]
    private static let head = ["head.weight", "head.bias"]

    private func tensors(_ names: [String], of checkpoint: Checkpoint) -> [NamedTensor] {
        names.compactMap { name in checkpoint.model.first { $0.name == name } }
    }

    @Test("Weights are taken by name, and the report says what became of each")
    func taken() throws {
        let first = try folder.train("first", "two", ["epochs=2"])
        let second = try folder.train(
            "second", "three", ["epochs=1", "optimizer.learning_rate=0", "transfer.from=\(folder("first"))"])
        let fresh = try folder.train("fresh", "three", ["epochs=1", "optimizer.learning_rate=0"])
        // the running statistics go on from there
        #expect(tensors(Self.features, of: second)[..<4] == tensors(Self.features, of: first)[..<4])
        #expect(tensors(Self.features, of: fresh)[..<4] != tensors(Self.features, of: first)[..<4])
        #expect(tensors(Self.head, of: second) == tensors(Self.head, of: fresh))
        #expect(
            try folder.text("second", "transfer.txt") == """
                Weights from \(folder("first")) (step 8)
                  taken        6 of 8 tensors, 28 of 43 numbers
                  other shape  head.weight is [4, 3] here and [4, 2] there, head.bias is [3] here and [2] there

                Tensors taken
                  features.linear.weight [2, 4]
                  features.linear.bias [4]
                  features.normalization.weight [4]
                  features.normalization.bias [4]
                  features.normalization.mean [4]
                  features.normalization.variance [4]

                """)
    }

    @Test("A head can be begun anew though it would fit, and weights be taken from a file")
    func skipped() throws {
        let first = try folder.train("first", "two", ["epochs=2"])
        let file = folder("first/checkpoints/step-00000008/model.safetensors")
        let values = ["epochs=1", "optimizer.learning_rate=0"]
        let second = try folder.train(
            "second", "two", values + ["transfer.from=\(file)", "transfer.skip=[head.*, *normalization.bias]"])
        let fresh = try folder.train("fresh", "two", values)
        let skipped = ["features.normalization.bias"] + Self.head
        #expect(tensors(skipped, of: second) == tensors(skipped, of: fresh))
        #expect(tensors(skipped, of: second) != tensors(skipped, of: first))
        #expect(tensors(["features.linear.weight"], of: second) == tensors(["features.linear.weight"], of: first))
        let report = try folder.text("second", "transfer.txt")
        #expect(report.contains("  skipped  features.normalization.bias, head.weight, head.bias\n"))
        #expect(report.contains("  taken    5 of 8 tensors"))
    }

    @Test("Of a run that is evaluated with an average of its weights, that average is taken")
    func average() throws {
        let first = try folder.train("first", "two", ["epochs=2", "average.name=ema", "average.decay=0.5"])
        let second = try folder.train(
            "second", "two", ["epochs=1", "optimizer.learning_rate=0", "transfer.from=\(folder("first"))"])
        let average = try #require(first.optimizer.first { $0.name == "average.head.weight" })
        #expect(tensors(["head.weight"], of: second)[0].values == average.values)
        #expect(average.values != tensors(["head.weight"], of: first)[0].values)
    }

    @Test(
        "What is frozen keeps its bits under every optimizer, with decay, penalties, clipping and averages",
        arguments: gradientOptimizers)
    func frozen(optimizer: String) throws {
        let first = try folder.train("first", "two", ["epochs=1"])
        let values = [
            "epochs=2", "optimizer.name=\(optimizer)", "optimizer.weight_decay=0.1", "optimizer.l1=0.01",
            "clip.global_norm=0.3", "average.name=ema", "transfer.from=\(folder("first"))", "freeze=features.*",
        ]
        let second = try folder.train("second", "three", values)
        #expect(tensors(Self.features, of: second) == tensors(Self.features, of: first))
        let averages = second.optimizer.filter { $0.name.hasPrefix("average.features.") }
        #expect(averages.map(\.values) == tensors(Self.features, of: first).map(\.values))
        let fresh = try folder.train("fresh", "three", ["epochs=1", "optimizer.learning_rate=0"])
        for (found, initial) in zip(tensors(Self.head, of: second), tensors(Self.head, of: fresh)) {
            #expect(found.values != initial.values, "\(found.name)")
        }
    }

    @Test("Frozen running statistics are what batch normalization uses in training, too")
    func statistics() throws {
        try folder.train("first", "two", ["epochs=2", "optimizer.learning_rate=0.5"])
        let common = [
            "steps=1", "global_batch=40", "log.every=1", "optimizer.learning_rate=0",
            "transfer.from=\(folder("first"))",
        ]
        try folder.train("frozen", "two", common + ["freeze=features.*"])
        try folder.train("free", "two", common)
        func losses(_ run: String) throws -> (step: Double, evaluation: Double) {
            var found: [String: Double] = [:]
            for line in try folder.text(run, "metrics.jsonl").split(separator: "\n") {
                let record = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
                if let event = record["event"] as? String, let loss = record["loss"] as? Double { found[event] = loss }
            }
            return (try #require(found["step"]), try #require(found["evaluation"]))
        }
        // the training data are the test data here: with the same statistics the losses are the same but for rounding
        let frozen = try losses("frozen")
        #expect(abs(frozen.step - frozen.evaluation) < 1e-6 * frozen.evaluation)
        #expect(abs(try losses("free").step - frozen.evaluation) > 1e-3 * frozen.evaluation)
    }

    @Test("Transfer and freezing give the same bytes on one to three ranks, and when a run is resumed")
    func sameBytes() throws {
        try folder.train("first", "two", ["epochs=1"])
        let values = [
            "shards=3", "transfer.from=\(folder("first"))", "freeze=[features.linear.*, *.mean, *.variance]",
            "optimizer.groups=[features.*=0.1, head.bias=2]", "communication.bucket_kilobytes=1",
        ]
        let alone = try folder.train("alone", "three", values + ["epochs=2"])
        for ranks in 2...3 {
            let found = try folder.train("ranks-\(ranks)", "three", ranks: ranks, values + ["epochs=2"])
            #expect(found == alone, "\(ranks) ranks")
        }
        try folder.train("resumed", "three", ranks: 2, values + ["epochs=1"])
        // the weights come from the checkpoint now: those that the run began with are no longer needed
        try FileManager.default.removeItem(atPath: folder("first"))
        let resumed = try folder.train("resumed", "three", ranks: 3, resumes: true, values + ["epochs=2"])
        #expect(resumed.model == alone.model)
        #expect(resumed.optimizer == alone.optimizer)
    }

    @Test("A factor of 1/2 of all rates is half the rate; a factor of 0 leaves the weights as they are")
    func groups() throws {
        let halved = try folder.train("halved", "two", ["epochs=2", "optimizer.groups=*=0.5"])
        let half = try folder.train("half", "two", ["epochs=2", "optimizer.learning_rate=0.025"])
        #expect(halved.model == half.model)
        let still = try folder.train("still", "two", ["epochs=2", "optimizer.groups=[head.*=0]"])
        let fresh = try folder.train("fresh", "two", ["epochs=1", "optimizer.learning_rate=0"])
        #expect(tensors(Self.head, of: still) == tensors(Self.head, of: fresh))
        #expect(still.model != fresh.model)
    }

    @Test("What cannot be done is refused on all ranks before anything is made", arguments: [1, 2])
    func refused(ranks: Int) throws {
        try folder.train("first", "two", ["epochs=1"])
        let first = "transfer.from=\(folder("first"))"
        let names = (Self.features[..<4] + Self.head).joined(separator: ", ")
        for (recipe, values, parts) in [
            ("two", ["freeze=[head.*, feature.*]"], ["freeze", "feature.*", names, "features.normalization.mean"]),
            ("two", ["optimizer.groups=[tail=1]"], ["optimizer.groups", "tail", names]),
            ("two", [first, "transfer.skip=tail"], ["transfer.skip", "tail", names]),
            ("two", ["freeze=*"], ["freeze", "no parameter to train"]),
            ("two", ["transfer.skip=head.*"], ["transfer.skip", "transfer.from"]),
            ("two", ["transfer.from=\(folder("nothing"))"], [folder("nothing"), "does not exist"]),
            ("two", ["transfer.from=\(folder("nothing.safetensors"))"], ["nothing.safetensors"]),
            ("other", [first], ["no weight could be taken", "first", "not there: weight [2, 2], bias [2]"]),
        ] {
            do {
                try folder.train("refused", recipe, ranks: ranks, values)
                Issue.record("\(values) was not refused")
            } catch {
                for part in parts { #expect("\(error)".contains(part), "\(error)") }
            }
            #expect(!FileManager.default.fileExists(atPath: folder("refused")))
        }
    }
}
