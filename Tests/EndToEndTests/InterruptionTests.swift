import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("A job that gets a signal")
    struct InterruptionTests {
        let place: Workplace

        init() throws { place = try Workplace() }

        private let length = ["--steps", "3000", "--set", "evaluate.every=0", "--set", "log.every=10"]

        /// The job `run`, once it has made some steps.
        private func started(_ launch: Launch, _ options: [String] = []) throws -> Job {
            let job = try place.start(launch, place.training("run", length + options), mpirun: [])
            let run = place.files(of: "run")
            #expect(waits(30) { (try? run.metrics("step").count) ?? 0 >= 3 || job.hasEnded })
            return job
        }

        private func check(_ job: Job, _ signal: String, code: Int32) throws {
            let outcome = try job.finish(within: 20)
            let run = place.files(of: "run")
            let step = try #require(try run.steps.last, "\(outcome)")
            #expect(step < 3000, "the run ended before it was interrupted")
            let sentences = outcome.errors.split(separator: "\n").filter { $0.contains("interrupted by") }
            #expect(sentences.count == 1, "\(outcome)")
            #expect(sentences.first?.hasPrefix("interrupted by \(signal) after step ") == true, "\(outcome)")
            #expect(sentences.first?.contains("; continue with: lockstep train fashion-mnist --run-dir ") == true)
            #expect(outcome.exit == .code(code), "\(outcome)")
            #expect(try run.metrics("interruption").map { $0["signal"] as? String } == [signal])
        }

        @Test(
            "to one rank saves, says so once, and exits with 128 + its number; resumed, it ends with the bytes of a run left alone"
        )
        func oneRank() throws {
            let expected = try place.train(.alone, "whole", length).saved
            let job = try started(.ranks(2))
            kill(try #require(job.process(ofRank: 1)), SIGTERM)
            try check(job, "SIGTERM", code: 143)
            try place.run(.ranks(3), place.training("run", length + ["--resume"]))
            #expect(try place.files(of: "run").saved == expected)
        }

        @Test("and a signal within a second of it are one request, as when Slurm signals ranks and launcher")
        func twoAtOnce() throws {
            let job = try started(.ranks(2))
            let rank = try #require(job.process(ofRank: 1))
            kill(rank, SIGTERM)
            kill(rank, SIGTERM)
            kill(try #require(job.process(ofRank: 0)), SIGTERM)
            try check(job, "SIGTERM", code: 143)
        }

        @Test("SIGUSR1 to mpirun, which hands it on to all ranks")
        func launcher() throws {
            let job = try started(.ranks(2), ["--set", "interrupt.exit_code=85"])
            let ranks = Set([0, 1].compactMap { job.process(ofRank: $0) })
            for process in job.processes where !ranks.contains(process) { kill(process, SIGUSR1) }
            try check(job, "SIGUSR1", code: 85)
        }

        @Test("without a launcher does the same")
        func alone() throws {
            let job = try started(.alone)
            for process in job.processes { kill(process, SIGTERM) }
            try check(job, "SIGTERM", code: 143)
        }

        @Test(
            "before the first step, or in a benchmark, ends it at once with one line",
            arguments: [
                (
                    ["train", "csv", "--data", "rows.csv", "--run-dir", "early"],
                    " before the first step of this start: nothing was to be saved"
                ),
                (["benchmark", "step", "csv", "--data", "rows.csv", "--steps", "1000000"], ""),
            ])
        func atOnce(arguments: [String], text: String) throws {
            let rows = (0..<200_000).map { "\($0 % 17),\($0 % 13),\($0 % 2)" }
            try ("a,b,c\n" + rows.joined(separator: "\n") + "\n").write(
                toFile: place.folder("rows.csv"), atomically: true, encoding: .utf8)
            let job = try place.start(.alone, arguments)
            // until the process handles the signal
            #expect(waits(30) { job.processes.contains { ProcessTable.handles(SIGTERM, in: $0) } || job.hasEnded })
            for process in job.processes { kill(process, SIGTERM) }
            let outcome = try job.finish(within: 20)
            #expect(outcome.exit == .code(143), "\(outcome)")
            #expect(outcome.errors.contains("interrupted by SIGTERM\(text)\n"), "\(outcome)")
        }
    }
}
