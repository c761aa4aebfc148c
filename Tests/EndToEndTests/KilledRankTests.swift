import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("A rank killed with -9 in the middle of a run")
    struct KilledRankTests {
        let place: Workplace

        init() throws { place = try Workplace() }

        /// Long enough that the run is still going when its third checkpoint has been seen.
        private let length = ["--steps", "1500", "--set", "evaluate.every=0", "--set", "model.dropout=0.2"]

        /// Starts the run `run`, kills one rank once `isDue`, and returns what the job said.
        private func killed(
            _ rank: Int, of ranks: Int, run: String, options: [String], when isDue: (Job) throws -> Bool
        ) throws -> Outcome {
            let job = try place.start(.ranks(ranks), place.training(run, length + options), mpirun: [])
            #expect(try waits(30) { try isDue(job) || job.hasEnded })
            let victim = try #require(job.process(ofRank: rank), "the run ended before it could be killed")
            kill(victim, SIGKILL)
            let start = ContinuousClock.now
            #expect(waits(5) { job.hasEnded && job.processes.isEmpty }, "after 5 seconds there lived \(job.processes)")
            print("killed rank \(rank) of \(ranks): the job ended after \(ContinuousClock.now - start)")
            return try job.finish()
        }

        @Test(
            "ends the whole job within 5 seconds; resumed on any number of ranks, it ends with the bytes of a run never killed",
            arguments: [(ranks: 2, victim: 0), (3, 2)])
        func job(ranks: Int, victim: Int) throws {
            let expected = try place.train(.alone, "whole", length).saved
            let every = ["--set", "checkpoint.every=50"]
            let run = place.files(of: "run")
            let outcome = try killed(victim, of: ranks, run: "run", options: every) { _ in
                (try? run.steps.last ?? 0) ?? 0 >= 150
            }
            #expect(outcome.exit != .code(0), "\(outcome)")
            #expect(try run.steps.last ?? 0 < 1500, "the run ended before it could be killed")
            let other: Launch = victim == 0 ? .alone : .ranks(ranks == 2 ? 3 : 1)
            try place.run(other, place.training("run", length + ["--resume"]))
            #expect(try run.saved == expected, "resumed: \(other)")
        }

        @Test("before the first checkpoint loses nothing but time: resumed, the run begins again and says so")
        func beforeTheFirstCheckpoint() throws {
            let expected = try place.train(.alone, "whole", length).saved
            let run = place.files(of: "run")
            _ = try killed(1, of: 2, run: "run", options: ["--set", "checkpoint.every=0", "--set", "log.every=10"]) {
                _ in
                (try? run.metrics("step").count) ?? 0 >= 5
            }
            #expect(try run.steps == [])
            let outcome = try place.run(.ranks(2), place.training("run", length + ["--resume"]))
            #expect(outcome.warnings.count == 1 && outcome.warnings.first?.contains(run.path) == true, "\(outcome)")
            #expect(try run.saved == expected)
            let steps = try run.numbers("step", of: "step")
            #expect(steps == steps.sorted() && Set(steps).count == steps.count, "the killed run's lines are gone")
        }
    }
}
