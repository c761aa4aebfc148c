import Checkpoints
import Datasets
import Foundation
import Recipes
import Settings
import TensorEngine
import TestSupport
import Testing
import Training

@Suite("The recipe masked-language-model")
struct MaskedLanguageModelTests {
    let trainer: Trainer

    init() throws { trainer = try Trainer() }

    private func makeTask(_ values: [String]) throws -> any TrainingTask {
        var request = TrainingRequest(target: "masked-language-model", runDirectory: "")
        request.overrides = try values.map { try SettingOverride(assignment: $0) }
        return try MaskedLanguageModelRecipe().makeTask(
            try request.settings(.all), preparation: nil, loader: .alone)
    }

    private func evaluate<Task: TrainingTask>(_ task: Task, _ count: Int) throws -> (EvaluationSums, [String: Double]) {
        let sums = task.evaluate(try task.testData.batch(of: Array(0..<count)))
        return (sums, task.metrics(sums.details))
    }

    /// Where only the output's biases are not 0, all positions have the same logits b: each hidden token t costs
    /// ln Σ e^b - b_t, and every token is taken for the one with the largest bias.
    @Test("15 % of each window's tokens cost the cross-entropy of what they are")
    func loss() throws {
        // 15 of each 20 characters are a; the validation part has 40 windows
        try trainer.folder.write(String(repeating: "aaab", count: 2010).utf8, to: "letters.txt")
        let task = try makeTask([
            "data.path=\(trainer.folder("letters.txt"))", "model.context=20", "model.width=8", "data.test_fraction=0.1",
        ])
        for (name, parameter) in task.model.parameters.named {
            let isBias = name == "output.bias"
            parameter.assign(
                Tensor(isBias ? [1, 0] : [Float](repeating: 0, count: parameter.shape.count), shape: parameter.shape))
        }
        let (sums, metrics) = try evaluate(task, 40)
        #expect(sums.terms == 40 * 3)
        let share = try #require(metrics["masked_accuracy"])
        // 120 tokens without replacement, of which 3/4 are a: four deviations are 0.16
        #expect(abs(share - 0.75) < 0.16)
        let expected = 120 * (log(exp(1) + 1) - share)
        #expect(abs(sums.loss - expected) < 1e-4 * expected)
        #expect(abs(try #require(metrics["perplexity"]) - exp(expected / 120)) < 1e-4)
    }

    @Test("A classifier begins with its weights, token by token")
    func transfer() throws {
        let sizes = ["model.width=8", "model.context=24", "model.layers=1", "shards=1"]
        let trained = try trainer.train(
            "mlm", of: "masked-language-model", ["data.path=\(trainer.folder("prose.txt"))", "steps=3"] + sizes)
        let begun = try trainer.train(
            "classifier", of: "sequence-classification",
            [
                "data.path=\(trainer.folder("words.tsv"))", "model.name=transformer", "steps=1",
                "optimizer.learning_rate=1e-30", "transfer.from=\(trainer.folder("mlm"))",
            ] + sizes)
        let names = begun.model.map(\.name).filter { !$0.hasPrefix("output") && $0 != "tokens.weight" }
        #expect(names.count > 10)
        for name in names {
            #expect(
                begun.model.first { $0.name == name }?.values == trained.model.first { $0.name == name }?.values,
                "\(name)")
        }
        #expect(try trainer.folder.text("classifier/transfer.txt").contains("tokens.weight"))
    }

    @Test("Fractions of hidden tokens that are more than 1 together are refused")
    func refused() throws {
        let error = #expect(throws: (any Error).self) {
            try makeTask(["data.path=\(trainer.folder("prose.txt"))", "masking.random=0.3"])
        }
        #expect(error.map { "\($0)" }?.contains("more than 1 together") == true, "\(String(describing: error))")
    }
}
