import Foundation
import Testing
import TestSupport

extension EndToEnd {
    @Suite("The run directory")
    struct RunDirectoryTests {
        let place: Workplace

        init() throws { place = try Workplace() }

        @Test("is never overwritten by another run", arguments: [Launch.ranks(2)])
        func holdsRun(launch: Launch) throws {
            let run = try place.train(.alone, "run", ["--steps", "20"])
            let before = try files(below: run.path)
            #expect(before.count >= 7)
            for options in [["--steps", "20"], ["--steps", "40", "--seed", "2"]] {
                let outcome = try place.attempt(launch, place.training("run", options))
                expectRefusal(outcome, mentioning: [run.path, "already holds a run", "--resume", "--run-dir"])
                #expect(try files(below: run.path) == before)
            }
        }

        /// Two would mix their records and remove each other's checkpoints.
        @Test(
            "in which a run is still going is refused, and that run goes on undisturbed",
            arguments: [Launch.ranks(2)])
        func inUse(launch: Launch) throws {
            let options = ["--steps", "6000", "--set", "evaluate.every=0", "--set", "log.every=1"]
            let expected = try place.train(.alone, "whole", options).saved
            let run = place.files(of: "run")
            let job = try place.start(.alone, place.training("run", options + ["--set", "checkpoint.every=20"]))
            #expect(waits(30) { (try? run.steps.last ?? 0) ?? 0 > 0 || job.hasEnded })
            expectRefusal(
                try place.attempt(launch, place.training("run", options + ["--resume"])), mentioning: [run.path])
            #expect(!job.hasEnded, "the run ended too early to show anything")
            let outcome = try job.finish()
            #expect(outcome.exit == .code(0) && outcome.errors.isEmpty, "\(outcome)")
            #expect(try run.saved == expected)
            #expect(try run.numbers("step", of: "step") == (1...6000).map(Double.init))
        }

        @Test("below something that is no directory is refused", arguments: [Launch.ranks(2)])
        func belowFile(launch: Launch) throws {
            try "text".write(toFile: place.folder("file"), atomically: true, encoding: .utf8)
            for run in ["file", "file/run"] {
                let outcome = try place.attempt(launch, place.training(run, ["--steps", "5"]))
                expectRefusal(outcome, mentioning: [place.folder("file"), "--run-dir"])
            }
            #expect(try String(contentsOfFile: place.folder("file"), encoding: .utf8) == "text")
        }

        @Test(
            "that cannot be written to is refused",
            .enabled(if: TemporaryFileSystem.isPermitted, "needs the right to mount"),
            arguments: [Launch.ranks(2)])
        func readOnly(launch: Launch) throws {
            let disk = try TemporaryFileSystem("disk", in: place.folder, options: "size=1m,ro")
            for run in ["disk", "disk/run"] {
                let outcome = try place.attempt(launch, place.training(run, ["--steps", "5"]))
                expectRefusal(outcome, mentioning: [place.folder(run), "Read-only file system"])
            }
            withExtendedLifetime(disk) {}
        }

        @Test("is made below runs, and the newest there is resumed, when none is named")
        func byDefault() throws {
            let arguments = ["train", "fashion-mnist", "--data", place.folder("data"), "--set", "model.hidden=[8]"]
            try place.run(.alone, arguments + ["--steps", "5"])
            try place.run(.ranks(2), arguments + ["--steps", "6"])
            let runs = try FileManager.default.contentsOfDirectory(atPath: place.folder("runs")).sorted()
            #expect(runs.count == 2 && runs.allSatisfy { $0.hasPrefix("fashion-mnist-000") }, "\(runs)")
            try place.run(.ranks(2), arguments + ["--steps", "9", "--resume", "--set", "schedule.steps=6"])
            #expect(try runs.map { try place.files(of: "runs/" + $0).steps } == [[5], [6, 9]])
        }

        /// The second start is later, and its local time is nine hours earlier.
        @Test(
            "The newer of two runs is resumed whatever the time zone; of two that were interrupted none, without a name"
        )
        func zones() throws {
            let arguments = [
                "train", "fashion-mnist", "--data", place.folder("data"), "--set", "model.hidden=[8]", "--set",
                "schedule.name=constant",
            ]
            for (zone, steps) in [("Asia/Tokyo", "5"), ("UTC", "6")] {
                let job = try Job(
                    ["env", "TZ=\(zone)", try Workplace.program] + arguments + ["--steps", steps], in: place.folder.path
                )
                #expect(try job.finish().exit == .code(0))
            }
            let runs = try FileManager.default.contentsOfDirectory(atPath: place.folder("runs")).sorted()
            try place.run(.alone, arguments + ["--steps", "9", "--resume"])
            #expect(try runs.map { try place.files(of: "runs/" + $0).steps } == [[5], [6, 9]])

            // both as if they had been killed before their end
            for run in runs {
                let path = place.folder("runs/\(run)/metrics.jsonl")
                let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
                try (lines.dropLast().joined(separator: "\n") + "\n").write(
                    toFile: path, atomically: true, encoding: .utf8)
            }
            for launch in [Launch.alone, .ranks(2)] {
                expectRefusal(
                    try place.attempt(launch, arguments + ["--steps", "9", "--resume"]),
                    mentioning: ["2 runs of fashion-mnist in runs could be meant", runs[0], runs[1], "--run-dir"])
            }
        }
    }
}
