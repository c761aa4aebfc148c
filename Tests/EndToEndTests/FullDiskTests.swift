import Checkpoints
import Foundation
import Testing
import TestSupport

extension EndToEnd {
    @Suite(
        "A disk that is full while a checkpoint is saved",
        .enabled(if: TemporaryFileSystem.isPermitted, "needs the right to mount"))
    struct FullDiskTests {
        let place: Workplace
        let disk: TemporaryFileSystem

        init() throws {
            place = try Workplace()
            // A checkpoint takes 210 KB: four fit.
            disk = try TemporaryFileSystem("disk", in: place.folder, options: "size=1000k")
        }

        private let options = ["--epochs", "3", "--set", "checkpoint.every=5", "--set", "checkpoint.keep=100"]

        private func expectIntact(_ run: RunFiles) throws {
            for step in try run.steps { #expect(try run.store.load(step: step).step == step) }
        }

        @Test(
            "is said once, and ends the run at its last checkpoint; the earlier ones are intact, and with room it resumes to the same bytes",
            arguments: [Launch.ranks(2)])
        func fullDisk(launch: Launch) throws {
            let expected = try place.train(.alone, "whole", options).saved
            let run = place.files(of: "disk/run")
            let outcome = try place.attempt(launch, place.training("disk/run", options))
            expectRefusal(
                outcome,
                mentioning: ["\(run.path)/checkpoints/step-00000", "No space left on device", "resume", "bytes"])
            // rank 0 prints to stdout
            #expect(outcome.output.components(separatedBy: "was not saved: ").count == 2, "\(outcome)")
            #expect(outcome.output.contains("the run goes on, and the next save tries again"), "\(outcome)")
            let steps = try run.steps
            #expect(steps.count >= 2 && steps == (1...steps.count).map { $0 * 5 }, "\(steps)")
            try expectIntact(run)

            // Still full: refused again, and nothing is lost.
            let again = try place.attempt(launch, place.training("disk/run", options + ["--resume"]))
            expectRefusal(again, mentioning: [run.path, "No space left on device"])
            #expect(try run.steps == steps)
            try expectIntact(run)

            try disk.remount("size=20m")
            try place.run(launch, place.training("disk/run", options + ["--resume"]))
            #expect(try run.saved == expected)
        }

        @Test(
            "for a while only costs the checkpoints of that while: the run goes on to the same bytes, and counts them",
            arguments: [Launch.alone, .ranks(2)])
        func roomAgain(launch: Launch) throws {
            let steps = ["--steps", "1000", "--set", "evaluate.every=0", "--set", "log.every=10"]
            // beside the next steps a save may find the room that there is later
            let options =
                steps
                + ["checkpoint.every=50", "checkpoint.keep=2", "checkpoint.background=false"].flatMap { ["--set", $0] }
            let expected = try place.train(.alone, "whole", steps).saved
            // the records have room, a checkpoint has none
            try disk.remount("size=200k")
            let run = place.files(of: "disk/run")
            let job = try place.start(launch, place.training("disk/run", options))
            #expect(waits(60) { (try? run.numbers("step", of: "step").last) ?? 0 > 60 || job.hasEnded })
            for process in job.processes { kill(process, SIGSTOP) }
            #expect(try run.steps == [])
            try disk.remount("size=20m")
            for process in job.processes { kill(process, SIGCONT) }
            let outcome = try job.finish()
            #expect(outcome.exit == .code(0), "\(outcome)")
            #expect(
                outcome.output.contains("was not saved: ") && outcome.output.contains("are saved again"), "\(outcome)")
            #expect(outcome.output.contains("failed saves"), "\(outcome)")
            #expect(try run.saved == expected)
            #expect(try run.numbers("step", of: "step") == stride(from: 10.0, through: 1000, by: 10).map { $0 })
        }

        @Test("to the last byte is said in one line too, and damages nothing", arguments: [Launch.ranks(2)])
        func notAByteLeft(launch: Launch) throws {
            let constant = ["--set", "schedule.name=constant"]  // so that more steps do not change the earlier ones
            let expected = try place.train(.alone, "whole", ["--steps", "20"] + constant).saved
            let run = try place.train(.alone, "disk/run", ["--steps", "10", "--set", "checkpoint.every=5"] + constant)
            let before = try files(below: run.path)
            let filler = place.folder("disk/filler")
            _ = try Job(["dd", "if=/dev/zero", "of=\(filler)", "bs=4k"], in: "/").finish()
            let outcome = try place.attempt(launch, place.training("disk/run", ["--steps", "20", "--resume"]))
            expectRefusal(outcome, mentioning: [run.path, "No space left on device"])
            #expect(try files(below: run.path) == before)
            try FileManager.default.removeItem(atPath: filler)
            try place.run(launch, place.training("disk/run", ["--steps", "20", "--resume"]))
            #expect(try run.saved == expected)
        }
    }
}
