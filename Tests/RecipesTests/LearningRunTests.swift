import Checkpoints
import Foundation
import TestSupport
import Testing
import Training

@Suite("Runs of the recipes that learn otherwise")
struct LearningRunTests {
    let trainer: Trainer

    init() throws { trainer = try Trainer() }

    private func train(_ run: String, _ recipe: String, ranks: Int = 1, _ values: [String]) throws -> Checkpoint {
        try trainer.train(run, of: recipe, ranks: ranks, ["data.path=\(trainer.folder("data"))", "shards=4"] + values)
    }

    /// In a step the teacher takes in the weights that the step began with: t₁ = w₀, t₂ = m·t₁ + (1 - m)·w₁.
    @Test("BYOL's teacher is the moving average of the student's weights, on two ranks as well")
    func teacher() throws {
        let values = [
            "model.name=byol", "model.width=2", "steps=2", "global_batch=10", "checkpoint.every=1", "evaluate.every=0",
            "self_supervised.teacher_momentum=0.75", "self_supervised.probe_samples=20",
        ]
        _ = try train("run", "self-supervised", ranks: 2, values)
        let store = CheckpointStore(directory: trainer.folder("run/checkpoints"), keep: 2)
        let steps = try [1, 2].map { step in
            Dictionary(uniqueKeysWithValues: try store.load(step: step).model.map { ($0.name, $0.values) })
        }
        let (first, student, second) = (
            try #require(steps[0]["teacher.0"]), try #require(steps[0]["backbone.0.0.weight"]),
            try #require(steps[1]["teacher.0"])
        )
        #expect(first.count == 18 && first != student)
        for (index, value) in second.enumerated() {
            #expect(abs(value - (0.75 * first[index] + 0.25 * student[index])) < 1e-6)
        }
    }

    @Test("Sheets of images are written after each evaluation, once, the same on three ranks as on one")
    func sheets() throws {
        let values = ["model.hidden=[20]", "global_batch=100", "epochs=2", "autoencoder.code=3"]
        _ = try train("one", "vae", values)
        _ = try train("three", "vae", ranks: 3, values)
        let names = try trainer.folder.names(in: "one/samples").sorted()
        #expect(
            names
                == ["00000006", "00000012"].flatMap { step in
                    ["interpolations", "reconstructions", "samples"].map { "step-\(step)-\($0).png" }
                })
        for name in names {
            let sheet = try Data(contentsOf: URL(filePath: trainer.folder("one/samples/\(name)")))
            #expect(try Data(contentsOf: URL(filePath: trainer.folder("three/samples/\(name)"))) == sheet)
        }
        // 20 columns and 4 rows of 28 pixels with frames of one: IHDR begins with width and height (PNG, 11.2.2)
        let sheet = try Data(contentsOf: URL(filePath: trainer.folder("one/samples/\(names[1])")))
        #expect(Array(sheet[16..<24]) == [0, 0, 2, 69, 0, 0, 0, 117])
    }

    @Test("Scores of probes are in the records, and can end a run")
    func probeMetric() throws {
        _ = try train(
            "run", "self-supervised",
            [
                "model.name=supervised", "model.width=2", "epochs=4", "global_batch=100",
                "optimizer.learning_rate=1e-30",
                "self_supervised.probe_samples=100", "early_stopping.patience=1",
                "early_stopping.metric=probe_accuracy",
                "early_stopping.mode=max",
            ])
        let scores = try trainer.metrics("run", "evaluation", ["probe_accuracy", "knn_accuracy", "accuracy"])
        #expect(scores.allSatisfy { $0.allSatisfy { ($0 ?? -1) > 0 } })
        // the running moments of batch normalization change features: the run ends after the first score that is no best
        let probes = scores.compactMap { $0[0] }
        let firstWorse = probes.indices.dropFirst().first { probes[$0] <= (probes[..<$0].max() ?? 0) }
        #expect(probes.count == firstWorse.map { $0 + 1 } ?? 4)
    }
}
