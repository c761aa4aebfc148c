import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("A rank of an evolution strategy killed with -9 between generations")
    struct KilledGenerationTests {
        let place: Workplace

        init() throws { place = try Workplace() }

        private func arguments(_ run: String) -> [String] {
            ["train", "evolution", "--run-dir", place.folder(run), "--steps", "800", "--shards", "4"]
                + [
                    "evolution.population=4", "model.hidden=[4]", "acting.time_limit=10", "acting.test_episodes=4",
                    "acting.frames=0", "evaluate.every=0", "checkpoint.every=10",
                ].flatMap { ["--set", $0] }
        }

        @Test("loses some generations: resumed on other ranks, the champion has the bytes of a run never killed")
        func resumes() throws {
            try place.run(.alone, arguments("whole"))
            let expected = try place.files(of: "whole").saved
            let run = place.files(of: "run")
            let job = try place.start(.ranks(4), arguments("run"))
            #expect(waits(30) { (try? run.steps.last ?? 0) ?? 0 >= 40 || job.hasEnded })
            let victim = try #require(job.process(ofRank: 3), "the run ended before it could be killed")
            kill(victim, SIGKILL)
            #expect(waits(5) { job.hasEnded && job.processes.isEmpty }, "after 5 seconds there lived \(job.processes)")
            let outcome = try job.finish()
            #expect(outcome.exit != .code(0), "\(outcome)")
            #expect(try run.steps.last ?? 0 < 800, "the run ended before it could be killed")
            try place.run(.ranks(2), arguments("run") + ["--resume"])
            #expect(try run.saved == expected)
        }
    }
}
