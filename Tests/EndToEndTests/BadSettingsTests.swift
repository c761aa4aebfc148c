import Foundation
import TestSupport
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

        /// One of each stage: the command line, the settings, and the model that is made; the others are in RecipesTests.
        static let mistakes = [
            Mistake("--run-dir", "", says: "--run-dir is empty", "name a directory"),
            Mistake("--global-batch", "0", says: "global_batch", "0", "at least 1", "--global-batch"),
            Mistake("--epochs", "0", says: "epochs", "at least 1", "--epochs"),
            Mistake("--set", "freeze=[layer.0.*]", says: "freeze", "layer.0.*", "layers.0.weight, layers.0.bias"),
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

        @Test("fewer shards than ranks; as many are enough")
        func shards() throws {
            try expectRefused(
                .ranks(2), place.training("run", ["--shards", "1"]),
                mentioning: ["shards", "1", "2 ranks", "--shards 2"])
            try place.train(.ranks(2), "run", ["--steps", "3", "--shards", "2"])
        }

        @Test("a settings file that is not there, or has a mistake in a line")
        func file() throws {
            let launch = Launch.ranks(2)
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
