import Checkpoints
import Communication
import Testing
import Training
import TrainingTestSupport

@Suite("The watch for ranks that hang")
struct StallWatchTests {
    /// Trains with one of the ranks in an endless loop, until `isLetGo`.
    private func train(
        _ reports: Reports, hosts: [String], _ values: [String], isLetGo: @escaping @Sendable () -> Bool
    ) throws -> (hung: Checkpoint, undisturbed: Checkpoint) {
        let folder = try TrainingFolder([HangingRecipe(isLetGo: isLetGo)])
        let free = try TrainingFolder([HangingRecipe { true }])
        let hung = try folder.train(
            "run", "hanging", ranks: hosts.count, values,
            prepare: { request, rank in
                request.hostname = hosts[rank]
                request.reportStall = { reports.append($0) }
                request.endJob = { reports.end() }
            })
        return (hung, try free.train("run", "hanging", values))
    }

    @Test("A rank in an endless loop is named with its phase and stack; the bytes stay")
    func loop() throws {
        let reports = Reports()
        let (hung, undisturbed) = try train(reports, hosts: ["h1", "h1"], ["watch.warn_seconds=3"]) {
            reports.contain("stack of rank")
        }
        let all = reports.all.joined()
        let table = try #require(reports.all.first { $0.contains("  forward  ") }, "\(all)")
        #expect(table.hasPrefix("stall: no progress for ") && table.contains("; the ranks of h1:\n"), "\(all)")
        let looping = table.matches(of: #/  ([01]) +\d+ +\d +forward +[\d.]+ s +\S+/#).map { $0.1 }
        let waiting = table.matches(of: #/  ([01]) +\d+ +\d +exchange of bucket 0 +[\d.]+ s +\S+/#).map { $0.1 }
        #expect(looping.count == 1 && waiting.count == 1 && looping != waiting, "\(all)")
        let rank = try #require(looping.first)
        let stack = try #require(reports.all.first { $0.hasPrefix("stack of rank \(rank) (h1):\n") }, "\(all)")
        #expect(stack.contains("HangingTask.hangs() -> ()"), "\(stack)")
        #expect(hung.model == undisturbed.model && hung.optimizer == undisturbed.optimizer)
    }

    @Test("Each host says what its own ranks do; the first also when they only wait")
    func hosts() throws {
        let reports = Reports()
        _ = try train(reports, hosts: ["h1", "h2"], ["watch.warn_seconds=1", "communication.path=messages"]) {
            reports.contain("the ranks of h1:") && reports.contain("stack of rank")
        }
        let all = reports.all.joined()
        #expect(reports.all.contains { $0.contains("the ranks of h1:\n") && $0.contains("  h2 (rank 1): ") }, "\(all)")
        #expect(all.contains(#/\n  [01] +\d+ +\d +forward /#), "\(all)")
    }

    @Test("After watch.end_seconds without progress the job is ended")
    func ends() throws {
        let reports = Reports()
        _ = try train(reports, hosts: ["h1", "h1"], ["watch.warn_seconds=0.5", "watch.end_seconds=1"]) {
            reports.hasEnded
        }
        #expect(reports.hasEnded)
        #expect(
            reports.all.contains { $0.contains(#/in step \d \(watch.end_seconds\): rank [01] \(h1\) ends the job/#) },
            "\(reports.all.joined())")
    }
}
