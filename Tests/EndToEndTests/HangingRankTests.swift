import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("A rank that is stopped")
    struct HangingRankTests {
        let place: Workplace

        init() throws { place = try Workplace() }

        @Test("is named with its state and step, and at the second limit the job ends", arguments: [0, 1])
        func stopped(rank: Int) throws {
            let options = [
                "--steps", "1000000", "--set", "evaluate.every=0", "--set", "log.every=10", "--set",
                "watch.warn_seconds=3", "--set", "watch.end_seconds=6",
            ]
            let job = try place.start(.ranks(2), place.training("run", options))
            let run = place.files(of: "run")
            #expect(waits(30) { (try? run.metrics("step").count) ?? 0 >= 3 || job.hasEnded })
            let victim = try #require(job.process(ofRank: rank))
            kill(victim, SIGSTOP)
            let outcome = try job.finish(within: 60)
            #expect(outcome.exit == .code(1), "\(outcome)")
            #expect(outcome.errors.contains("stall: no progress for "), "\(outcome)")
            let rows = outcome.errors.split(separator: "\n").map { $0.split(separator: " ") }
            #expect(
                rows.contains { $0.first == "\(rank)" && $0.dropFirst().first == "\(victim)" && $0.last == "stopped" })
            #expect(outcome.errors.contains("  rank \(rank) is stopped; continue it with: kill -CONT \(victim)\n"))
            #expect(
                outcome.errorLines.count == 1
                    && outcome.errorLines[0].contains("(watch.end_seconds): rank \(1 - rank) ("), "\(outcome)")
        }
    }
}
