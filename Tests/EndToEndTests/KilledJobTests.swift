import Checkpoints
import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// LOCKSTEP_TEST_KILLS=20 kills twenty times instead of five; LOCKSTEP_TEST_SEED=N repeats the moments of a run of
    /// this test.
    @Suite("A job whose processes are all killed with -9 at random moments while it saves every few steps")
    struct KilledJobTests {
        let place: Workplace
        let kills: Int
        let seed: UInt64

        init() throws {
            place = try Workplace()
            let environment = ProcessInfo.processInfo.environment
            kills = environment["LOCKSTEP_TEST_KILLS"].flatMap { Int($0) } ?? 5
            seed = environment["LOCKSTEP_TEST_SEED"].flatMap { UInt64($0) } ?? .random(in: 0...UInt64.max)
        }

        @Test("loads no damaged checkpoint, loses no run, and ends with the bytes of a run never killed")
        func killedAgainAndAgain() throws {
            print("killing \(kills) times; LOCKSTEP_TEST_SEED=\(seed)")
            var random = SplitMix64(state: seed)
            // More steps than can pass before the last kill.
            let steps = kills * 200
            let length = ["--steps", "\(steps)", "--set", "evaluate.every=0", "--set", "log.every=1"]
            let expected = try place.train(.alone, "whole", length).saved
            let run = place.files(of: "run")
            for number in 1...kills {
                let before = try run.steps.last ?? 0
                let ranks = Int.random(in: 1...3, using: &random)
                let every = Int.random(in: 1...3, using: &random)
                // Of three kills, two hit a run that saves, one a run that may still be starting; never the first.
                let isSaving = number == 1 || Int.random(in: 0..<3, using: &random) > 0
                let delay = Double.random(in: 0...(isSaving ? 0.06 : 0.6), using: &random)
                let job = try place.start(
                    .ranks(ranks),
                    place.training(
                        "run",
                        length + ["--set", "checkpoint.every=\(every)"] + (number == 1 ? [] : ["--resume"])))
                if isSaving {
                    #expect(waits(30) { (try? run.steps.last ?? 0) ?? 0 > before || job.hasEnded })
                }
                usleep(UInt32(delay * 1e6))
                #expect(!job.hasEnded, "the run ended before it could be killed, or could not go on")
                job.killEverything()
                let outcome = try job.finish()
                #expect(outcome.errorLines + outcome.warnings == [], "\(outcome)")
                let after = try check(run)
                #expect(after >= before, "steps were lost")
                print("  \(number): \(ranks) ranks, saving every \(every) steps, killed between \(before) and \(after)")
            }
            let outcome = try place.run(
                .ranks(2), place.training("run", length + ["--resume", "--set", "checkpoint.every=0"]))
            #expect(outcome.warnings == [], "\(outcome)")
            #expect(try run.saved == expected)
            #expect(try run.numbers("step", of: "step") == (1...steps).map(Double.init), "each step is recorded once")
        }

        /// Where nobody waits for orphans, as in many containers, a killed process keeps its number for ever.
        @Test(
            "leaves a half-written checkpoint, which the next save removes, even if nobody has waited for the dead process"
        )
        func halfWritten() throws {
            let options = ["--steps", "4000", "--set", "checkpoint.every=1", "--set", "evaluate.every=0"]
            let run = place.files(of: "run")
            func halfWritten() -> [String] {
                let names = try? FileManager.default.contentsOfDirectory(atPath: run.path + "/checkpoints")
                return names?.filter { $0.hasPrefix(".") } ?? []
            }
            var dead: [Job] = []  // not waited for as long as they are here
            while halfWritten().isEmpty, dead.count < 10 {
                let more = dead.isEmpty ? [] : ["--resume"]
                let job = try place.start(.alone, place.training("run", options + more))
                dead.append(job)
                let before = try run.steps.last ?? 0
                _ = waits(30) { (try? run.steps.last ?? 0) ?? 0 > before && !halfWritten().isEmpty }
                for process in job.processes { kill(process, SIGKILL) }
                _ = waits(5) { job.processes.isEmpty }
            }
            try #require(!halfWritten().isEmpty)
            try place.run(.alone, place.training("run", options + ["--resume", "--set", "checkpoint.every=0"]))
            #expect(halfWritten() == [])
            withExtendedLifetime(dead) {}
        }

        /// Expects that every checkpoint of the run is intact, and returns the newest step.
        private func check(_ run: RunFiles) throws -> Int {
            for step in try run.steps {
                let checkpoint = try run.store.load(step: step)
                #expect(checkpoint.step == step && checkpoint.model.count == 6 && checkpoint.optimizer.count == 6)
            }
            return try run.steps.last ?? 0
        }
    }
}
