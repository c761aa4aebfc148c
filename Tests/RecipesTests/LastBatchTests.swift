import Checkpoints
import TestSupport
import Testing

@Suite("The last batch of an epoch, when the global batch does not divide the samples")
struct LastBatchTests {
    let trainer: Trainer

    init() throws { trainer = try Trainer() }

    private func numbers(_ run: String, _ field: String, of event: String = "step") throws -> [Double] {
        try trainer.metrics(run, event, [field]).compactMap { $0[0] }
    }

    @Test("is counted: the run consumes every sample of every epoch", arguments: [1, 3])
    func everySample(ranks: Int) throws {
        try trainer.train("run", ranks: ranks, trainer.images(["epochs=3", "log.every=1"]))
        #expect(try numbers("run", "samples", of: "summary") == [Double(3 * ExampleImages.trainingCount)])
        #expect(try numbers("run", "step", of: "summary") == [57])  // 600 = 18 · 32 + 24: 19 steps an epoch
        let samples = try [0] + numbers("run", "samples")
        let sizes = zip(samples.dropFirst(), samples).map { $0 - $1 }
        #expect(sizes == Array(repeating: Array(repeating: 32, count: 18) + [24], count: 3).flatMap(\.self))
    }

    /// SGD without momentum moves the weights by the learning rate times the mean gradient: the short batch's own mean.
    @Test("moves the weights by the mean over its own samples", arguments: [1, 3])
    func movement(ranks: Int) throws {
        let values = [
            "epochs=1", "global_batch=550", "optimizer.momentum=0", "schedule.name=constant", "log.every=1",
            "checkpoint.every=1",
        ]
        try trainer.train("run", ranks: ranks, trainer.images(values))
        let store = CheckpointStore(directory: trainer.folder("run/checkpoints"), keep: 1)
        #expect(try store.steps() == [1, 2])
        let weights = try (1...2).map { try store.load(step: $0).model.flatMap(\.values) }
        let squares = zip(weights[0], weights[1]).map { Double($1 - $0) * Double($1 - $0) }
        let norm = try #require(try numbers("run", "gradient_norm").last)
        #expect(norm > 0.01)
        #expect(abs(squares.reduce(0, +).squareRoot() / (0.05 * norm) - 1) < 1e-3)
    }

    /// Each shard's gradient is weighted by its samples: divided otherwise, the same mean results, up to rounding.
    @Test("weighs each sample alike, in however many shards of whatever size", arguments: ["599", "595", "590", "2"])
    func weights(globalBatch: String) throws {
        // without movement all steps see the same weights, so that errors do not add up
        let values = trainer.images([
            "epochs=1", "global_batch=\(globalBatch)", "log.every=1", "optimizer.learning_rate=0",
        ])
        try trainer.train("whole", values + ["shards=1"])
        try trainer.train("cut", ranks: 3, values + ["shards=7"])
        for field in ["loss", "gradient_norm"] {
            let (expected, found) = (try numbers("whole", field), try numbers("cut", field))
            #expect(expected.count == found.count && expected.count >= 2)
            for (a, b) in zip(expected, found) { #expect(abs(a - b) < 1e-4 * abs(a), "\(field): \(a), \(b)") }
        }
    }
}
