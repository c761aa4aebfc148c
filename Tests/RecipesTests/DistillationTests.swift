import Checkpoints
import Datasets
import Foundation
import Layers
import Recipes
import Settings
import TensorEngine
import TestSupport
import Testing
import Training

@Suite("The recipe distillation")
struct DistillationTests {
    let trainer: Trainer

    init() throws {
        trainer = try Trainer()
        try trainer.train("teacher", trainer.images(["steps=20"]))
    }

    private func values(_ more: String...) -> [String] {
        [
            "data.path=\(trainer.folder("data"))", "distillation.teacher=\(trainer.folder("teacher"))",
            "model.hidden=[5]", "global_batch=10", "shards=4",
        ] + more
    }

    /// A student whose weights are 0 says 1/10 of each class: KL(q ‖ 1/10) = ln 10 - H(q), with q ∝ p^(1/T) of the teacher's
    /// probabilities p, and the cross-entropy is ln 10.
    @Test("The loss is α·T²·KL(teacher ‖ student) + (1 - α)·cross-entropy")
    func loss() throws {
        let prediction = try Prediction(path: trainer.folder("teacher"), catalog: .all)
        var rows: [[Double]] = []
        try prediction.run(PredictionRequest(input: trainer.folder("data/\(ExampleImages.trainingImages)"))) { line in
            rows.append(line.split(separator: ",").dropFirst(3).compactMap { Double($0) })
        }
        // the header, in which classes are numbers, too
        rows.removeFirst()
        let samples = [2, 3, 5]
        let (alpha, temperature) = (0.7, 3.0)
        let divergence = samples.reduce(0.0) { sum, sample in
            let powers = rows[sample].map { pow($0, 1 / temperature) }
            let q = powers.map { $0 / powers.reduce(0, +) }
            return sum + q.reduce(log(10.0)) { $0 + $1 * log($1) }
        }
        let expected = alpha * temperature * temperature * divergence + (1 - alpha) * 3 * log(10.0)
        let task = try makeTask(values("distillation.alpha=\(alpha)", "distillation.temperature=\(temperature)"))
        for (_, parameter) in task.model.parameters.named {
            parameter.assign(Tensor(repeating: 0, shape: parameter.shape))
        }
        let found = try loss(of: samples, task)
        #expect(abs(found - expected) < 1e-4 * expected)
        #expect(divergence > 0.01)
    }

    private func makeTask(_ values: [String]) throws -> any TrainingTask {
        var request = TrainingRequest(target: "distillation", runDirectory: "")
        request.overrides = try values.map { try SettingOverride(assignment: $0) }
        return try DistillationRecipe().makeTask(try request.settings(.all), preparation: nil, loader: .alone)
    }

    private func loss<Task: TrainingTask>(of samples: [Int], _ task: Task) throws -> Double {
        let batch = try task.trainingData.batch(of: samples)
        return Double(
            task.loss(batch, .training(SampleRandomness(seed: 1, step: 1, samples: samples))).sum.scalar)
    }

    @Test("Students are the same on one to four ranks, and scores say what the teacher does")
    func sameBytes() throws {
        let expected = try trainer.train("1", of: "distillation", values("steps=4"))
        for ranks in 2...4 {
            let other = try trainer.train("\(ranks)", of: "distillation", ranks: ranks, values("steps=4"))
            #expect(other.model == expected.model && other.optimizer == expected.optimizer)
        }
        try trainer.train("part", of: "distillation", values("steps=4", "checkpoint.every=2", "checkpoint.keep=9"))
        try trainer.folder.remove("part/checkpoints/step-00000004")
        #expect(try trainer.train("part", of: "distillation", ranks: 3, resumes: true, []).model == expected.model)
        let teacher = try #require(try trainer.metrics("teacher", "evaluation", ["accuracy"]).last?[0])
        #expect(try trainer.metrics("1", "evaluation", ["teacher_accuracy"]).last == [teacher])
    }

    @Test("A teacher that is missing, of another recipe or of other images is refused")
    func badTeachers() throws {
        try trainer.train("other", of: "vae", ["data.path=\(trainer.folder("data"))", "model.hidden=[4]", "steps=1"])
        for (teacher, text) in [
            ("none", "name its run directory"), (trainer.folder("other"), "a run of the recipe vae"),
            (trainer.folder("nowhere"), "does not exist"),
        ] {
            let error = #expect(throws: (any Error).self) {
                try makeTask(["data.path=\(trainer.folder("data"))", "distillation.teacher=\(teacher)"])
            }
            #expect(error.map { "\($0)" }?.contains(text) == true, "\(String(describing: error))")
        }
    }
}
