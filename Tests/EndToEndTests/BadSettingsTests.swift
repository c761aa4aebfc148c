import Foundation
import Testing

/// Arguments that are wrong, and what the message must have in it.
struct Mistake: CustomTestStringConvertible, Sendable {
    let options: [String]
    let parts: [String]

    init(_ options: String..., says parts: String...) { (self.options, self.parts) = (options, parts) }

    var testDescription: String { options.joined(separator: " ") }
}

extension EndToEnd {
    @Suite("Settings that cannot be used are refused in one line that names the value and what is allowed")
    struct BadSettingsTests {
        let place: Workplace

        init() throws { place = try Workplace() }

        static let mistakes = [
            Mistake("--set", "optimiser.learning_rate=1", says: "optimiser.learning_rate", "optimizer.learning_rate"),
            Mistake("--set", "nonsense=1", says: "nonsense", "lockstep settings"),
            Mistake("--set", "model.hidden", says: "--set", "KEY=VALUE", "model.hidden"),
            Mistake(
                "--set", "optimizer.learning_rate=-0.5", says: "optimizer.learning_rate", "-0.5", "at least 0"),
            Mistake("--set", "optimizer.learning_rate=fast", says: "optimizer.learning_rate", "fast", "number"),
            Mistake("--set", "optimizer.name=tiger", says: "optimizer.name", "tiger", "sgd", "adam", "adamw"),
            Mistake("--set", "model.dropout=1", says: "model.dropout", "1", "below 1"),
            Mistake("--set", "model.name=perceptron", says: "model.name", "perceptron", "mlp"),
            Mistake("--global-batch", "0", says: "global_batch", "0", "at least 1", "--global-batch"),
            Mistake("--global-batch", "many", says: "global_batch", "many"),
            Mistake("--epochs", "0", says: "epochs", "at least 1", "--epochs"),
            Mistake("--set", "lr=1", says: "unknown setting lr", "did you mean optimizer.learning_rate?"),
            Mistake(
                "--set", String(repeating: "x", count: 20_000) + "=1", says: "unknown setting xxx", "lockstep settings"),
            // Each far beyond what any machine has.
            Mistake("--set", "threads=100000", says: "threads", "100000"),
            Mistake("--set", "model.hidden=[1000000000000]", says: "model.hidden"),
            Mistake("--set", "model.hidden=[9223372036854775807]", says: "model.hidden"),
            Mistake("--set", "model.hidden=[1000000, 1000000]", says: "memory"),
            Mistake(
                "--set", "optimizer.name=bfgs", "--set", "schedule.name=constant", "--set",
                "model.hidden=[5000]", says: "bfgs", "3975010 weights", "GiB", "use lbfgs"),
            Mistake("--set", "optimizer.name=lbfgs", says: "lbfgs", "schedule.name=constant"),
            Mistake("--set", "freeze=[layer.0.*]", says: "freeze", "layer.0.*", "layers.0.weight, layers.0.bias"),
            Mistake(
                "--set", "model.name=lenet5", "--set", "model.dropout=0.3", says: "model.dropout is 0.3",
                "model.name lenet5 does not use it", "mlp"),
            Mistake("--set", "data.test_path=t", says: "data.test_path", "the recipe fashion-mnist does not use it"),
            Mistake("--run-dir", "", says: "--run-dir is empty", "name a directory"),
            Mistake("--init-from", "nowhere", says: "nowhere", "does not exist"),
            Mistake("--steps", "9223372036854775807", says: "steps", "9223372036854775807"),
            Mistake("--epochs", "9223372036854775807", says: "epochs", "9223372036854775807"),
            Mistake(
                "--set", "communication.bucket_kilobytes=9223372036854775807",
                says: "communication.bucket_kilobytes", "9223372036854775807"),
        ]

        private func expectRefused(
            _ launch: Launch, _ arguments: [String], mentioning parts: [String],
            sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            let outcome = try place.attempt(launch, arguments, within: 20)
            expectRefusal(outcome, mentioning: parts, sourceLocation: sourceLocation)
            #expect(
                !FileManager.default.fileExists(atPath: place.folder("run")), "a run directory was made",
                sourceLocation: sourceLocation)
        }

        @Test("alone and on two ranks", arguments: mistakes, [Launch.alone, .ranks(2)])
        func mistake(mistake: Mistake, launch: Launch) throws {
            try expectRefused(launch, place.training("run", mistake.options), mentioning: mistake.parts)
        }

        @Test("a recipe that is unknown", arguments: [Launch.alone, .ranks(2)])
        func recipe(launch: Launch) throws {
            try expectRefused(
                launch, ["train", "mnist", "--run-dir", place.folder("run")], mentioning: ["mnist", "fashion-mnist"])
        }

        @Test("fewer shards than ranks; as many are enough")
        func shards() throws {
            try expectRefused(
                .ranks(2), place.training("run", ["--shards", "1"]),
                mentioning: ["shards", "1", "2 ranks", "--shards 2"])
            try place.train(.ranks(2), "run", ["--steps", "3", "--shards", "2"])
        }

        @Test("a settings file that is not there, or has a mistake in a line", arguments: [Launch.alone, .ranks(2)])
        func file(launch: Launch) throws {
            let path = place.folder("own.yaml")
            let arguments = ["train", path, "--run-dir", place.folder("run")]
            try expectRefused(launch, arguments, mentioning: [path])
            try "recipe: fashion-mnist\noptimizer:\n    learning_rate: -1\n".write(
                toFile: path, atomically: true, encoding: .utf8)
            try expectRefused(launch, arguments, mentioning: ["own.yaml line 3", "optimizer.learning_rate", "-1"])
            try "recipe: fashion-mnist\nshards: 2\nshards: 4\n".write(toFile: path, atomically: true, encoding: .utf8)
            try expectRefused(launch, arguments, mentioning: ["own.yaml", "shards", "twice"])
        }

        /// These are refused by the parser of the command line, which adds the usage.
        @Test(
            "a command line that is wrong: exit code 64, and the reason said once",
            arguments: [["train"], ["train", "fashion-mnist", "--bogus"], ["dance"]], [Launch.alone, .ranks(2)])
        func commandLine(arguments: [String], launch: Launch) throws {
            let outcome = try place.attempt(launch, arguments, within: 20)
            #expect(outcome.exit == .code(64), "\(outcome)")
            #expect(outcome.errorLines.count == 1, "\(outcome)")
            #expect(outcome.errors.contains("Usage: lockstep"), "\(outcome)")
            #expect(outcome.output.isEmpty, "\(outcome)")
        }
    }
}
