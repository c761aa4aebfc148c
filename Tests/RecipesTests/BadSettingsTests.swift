import Checkpoints
import Foundation
import TestSupport
import Testing

/// Settings that are wrong, and what the message must have in it.
struct Mistake: CustomTestStringConvertible, Sendable {
    let values: [String]
    let parts: [String]

    init(_ values: String..., says parts: String...) { (self.values, self.parts) = (values, parts) }

    var testDescription: String { values.map { String($0.prefix(60)) }.joined(separator: " ") }
}

@Suite("Settings that cannot be used are refused with the value and what is allowed")
struct BadSettingsTests {
    static let mistakes = [
        Mistake("optimiser.learning_rate=1", says: "optimiser.learning_rate", "optimizer.learning_rate"),
        Mistake("nonsense=1", says: "nonsense", "lockstep settings"),
        Mistake("model.hidden", says: "KEY=VALUE", "model.hidden"),
        Mistake(
            "optimizer.learning_rate=-0.5", says: "optimizer.learning_rate", "-0.5", "at least 0"),
        Mistake("optimizer.learning_rate=fast", says: "optimizer.learning_rate", "fast", "number"),
        Mistake("optimizer.name=tiger", says: "optimizer.name", "tiger", "sgd", "adam", "adamw"),
        Mistake("model.dropout=1", says: "model.dropout", "1", "below 1"),
        Mistake("model.name=perceptron", says: "model.name", "perceptron", "mlp"),
        Mistake("global_batch=0", says: "global_batch", "0", "at least 1"),
        Mistake("global_batch=many", says: "global_batch", "many"),
        Mistake("epochs=0", says: "epochs", "at least 1"),
        Mistake("lr=1", says: "unknown setting lr", "did you mean optimizer.learning_rate?"),
        Mistake(
            String(repeating: "x", count: 20_000) + "=1", says: "unknown setting xxx", "lockstep settings"),
        // Each far beyond what any machine has.
        Mistake("threads=100000", says: "threads", "100000"),
        Mistake("model.hidden=[1000000000000]", says: "model.hidden"),
        Mistake("model.hidden=[9223372036854775807]", says: "model.hidden"),
        Mistake("model.hidden=[1000000, 1000000]", says: "memory"),
        Mistake(
            "optimizer.name=bfgs", "schedule.name=constant", "model.hidden=[5000]", says: "bfgs", "3975010 weights",
            "GiB", "use lbfgs"),
        Mistake("optimizer.name=lbfgs", says: "lbfgs", "schedule.name=constant"),
        Mistake("freeze=[layer.0.*]", says: "freeze", "layer.0.*", "layers.0.weight, layers.0.bias"),
        Mistake(
            "model.name=lenet5", "model.dropout=0.3", says: "model.dropout is 0.3",
            "model.name lenet5 does not use it", "mlp"),
        Mistake("data.test_path=t", says: "data.test_path", "the recipe fashion-mnist does not use it"),
        Mistake("transfer.from=nowhere", says: "nowhere", "does not exist"),
        Mistake("steps=9223372036854775807", says: "steps", "9223372036854775807"),
        Mistake("epochs=9223372036854775807", says: "epochs", "9223372036854775807"),
        Mistake(
            "communication.bucket_kilobytes=9223372036854775807",
            says: "communication.bucket_kilobytes", "9223372036854775807"),
    ]

    @Test("by themselves, with the others, for the recipe or for the model that is made", arguments: mistakes)
    func mistake(mistake: Mistake) throws {
        let trainer = try Trainer()
        let text = message { try trainer.train("run", trainer.images(mistake.values)) }
        for part in mistake.parts { #expect(text.contains(part), "\(text)") }
        #expect(!text.contains("\n"), "\(text)")
        #expect(!FileManager.default.fileExists(atPath: trainer.folder("run")), "a run directory was made")
    }

    @Test("A recipe that is unknown is refused with those that there are")
    func recipe() throws {
        let trainer = try Trainer()
        let text = message { try trainer.train("run", of: "mnist", []) }
        #expect(text.contains("mnist") && text.contains("fashion-mnist"), "\(text)")
    }
}
