import Checkpoints
import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Hostile input")
    struct HostileInputTests {
        @Test(
            "An error is one line that a terminal can show, whatever is in a name",
            arguments: [Launch.alone, .ranks(2)])
        func names(launch: Launch) throws {
            let place = try Workplace()
            let name = place.folder("no\u{1b}[31m\nerror: such\u{7}.csv")
            let outcome = try place.attempt(launch, ["train", "csv", "--data", name])
            expectRefusal(outcome, mentioning: [#"no\u{1b}[31m\nerror: such\u{7}.csv"#])
            #expect(!outcome.errors.contains("\u{1b}") && !outcome.errors.contains("\u{7}"))
        }

        @Test("A limit of the size of files ends a run with an error, and leaves the checkpoints before it")
        func fileSizeLimit() throws {
            let place = try Workplace()
            let program = try Workplace.program
            let options = ["--steps", "40", "--set", "checkpoint.every=15"]
            // bash counts in KiB: settings and metrics fit, and the weights do not
            let command =
                ["bash", "-c", "ulimit -f 64; exec \"$@\"", "bash", program] + place.training("run", options)
            let outcome = try Job(command, in: place.folder.path).finish()
            expectRefusal(outcome, mentioning: ["checkpoint", "File too large"])
        }

        @Test(
            "A checkpoint edited to be impossible is refused by every command",
            arguments: ["evaluate", "inspect", "predict"])
        func edited(command: String) throws {
            let place = try Workplace()
            let run = try place.train(.alone, "run", ["--steps", "2"])
            var checkpoint = try run.store.load(step: 2)
            checkpoint.state.samplesConsumed = -1
            try run.store.save(checkpoint)
            let arguments = command == "predict" ? ["--index", "0"] : []
            expectRefusal(
                try place.attempt(.alone, [command, run.path] + arguments),
                mentioning: ["samplesConsumed -1", "state.json"])
        }
    }
}
