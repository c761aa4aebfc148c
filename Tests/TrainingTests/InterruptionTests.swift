import Checkpoints
import Communication
import DataParallel
import Foundation
import RunRecords
import Synchronization
import Testing
import Training
import TrainingTestSupport

@Suite("A run that is interrupted by a signal")
struct InterruptionTests {
    /// 16 steps, evaluated after every fourth.
    private static let points = PointsRecipe(settings: [
        ("global_batch", "10"), ("shards", "6"), ("checkpoint.every", "0"), ("model.name", "normalized"),
        ("epochs", "4"),
    ])

    /// Ways of training: what a step sends differs.
    static let rules: [[String]] = [
        [], ["optimizer.name=adam", "average.name=ema"], ["compression.name=powersgd"], ["optimizer.name=lbfgs"],
        ["local.steps=3"], ["communication.combination=adasum"],
    ]

    /// The signal `signal` on rank `rank` from the `call`-th time on that it is looked for.
    private static func signaled(
        _ rank: Int, at call: Int, _ signal: ProcessSignal = .terminate
    ) -> @Sendable (Int) -> RequestSources {
        { own in
            let calls = Counter()
            var sources = RequestSources()
            sources.pendingSignal = { own == rank && calls.next() >= call ? signal : nil }
            return sources
        }
    }

    private func interrupted(_ body: () throws -> Checkpoint) -> Interruption? {
        #expect(throws: Interruption.self) { try body() }
    }

    @Test(
        "on one rank stops all after the same step, saved; resumed, it ends with the bytes of a run never interrupted",
        arguments: rules, [1, 3])
    func resumes(rule: [String], ranks: Int) throws {
        let folder = try TrainingFolder([Self.points])
        let whole = try folder.train("whole", "points", ranks: ranks, rule)
        let interruption = try #require(
            interrupted {
                try folder.train("run", "points", ranks: ranks, rule, sources: Self.signaled(ranks - 1, at: 6))
            })
        let saved = try SavedRun.checkpoint(at: folder("run"))
        #expect((1..<whole.step).contains(saved.step), "stopped after step \(saved.step)")
        if rule.isEmpty { #expect(saved.step == 6) }
        #expect(interruption.exitCode == 143 && interruption.size == ranks)
        #expect(
            interruption.description.hasPrefix(
                "interrupted by SIGTERM after step \(saved.step); saved checkpoints/step-"), "\(interruption)")
        #expect(
            interruption.description.hasSuffix(
                "; continue with: lockstep train points --run-dir \(folder("run")) --resume"), "\(interruption)")
        let reports = try folder.records("run").compactMap {
            if case .interruption(let report) = $0 { report } else { nil }
        }
        #expect(reports.map(\.step) == [saved.step] && reports.map(\.signal) == ["SIGTERM"])
        #expect(reports.allSatisfy { $0.checkpoint?.contains("/checkpoints/step-") == true })
        #expect(try folder.summaries("run").isEmpty)

        let resumed = try folder.train("run", "points", ranks: ranks, resumes: true, [])
        #expect(resumed.model == whole.model && resumed.optimizer == whole.optimizer)
        #expect(resumed.state.progress == whole.state.progress)
        #expect(try folder.evaluations("run") == folder.evaluations("whole"))
    }

    @Test("in its last step leaves the last evaluation to the next start")
    func lastStep() throws {
        let folder = try TrainingFolder([Self.points])
        let whole = try folder.train("whole", "points", ranks: 2, ["steps=7"])
        _ = interrupted {
            try folder.train("run", "points", ranks: 2, ["steps=7"], sources: Self.signaled(1, at: 7))
        }
        #expect(try folder.evaluations("run").map(\.step) == [4])
        let resumed = try folder.train("run", "points", ranks: 2, resumes: true, [])
        #expect(resumed.model == whole.model)
        #expect(try folder.evaluations("run") == folder.evaluations("whole"))
        #expect(try folder.summaries("run").count == 1)
    }

    @Test("in the midst of an evaluation abandons it on all ranks; the next start makes up for it", arguments: [1, 2])
    func evaluation(ranks: Int) throws {
        let recipe = LongEvaluationRecipe()
        let folder = try TrainingFolder([recipe])
        let values = ["average.name=ema", "early_stopping.patience=9", "checkpoint.best=loss"]
        let whole = try folder.train("whole", recipe.name, ranks: ranks, values)
        let evaluated = recipe.blocks.value
        let interruption = interrupted {
            try folder.train(
                "run", recipe.name, ranks: ranks, values,
                sources: { rank in
                    var sources = RequestSources()
                    // the first evaluation has begun
                    sources.pendingSignal = { rank == ranks - 1 && recipe.blocks.value > evaluated ? .interrupt : nil }
                    return sources
                })
        }
        #expect(interruption?.exitCode == 130)
        #expect(try folder.evaluations("run").isEmpty)
        let saved = try SavedRun.checkpoint(at: folder("run"))
        #expect(saved.step == 4 && saved.state.progress?["evaluation.pending"] == "true")
        let resumed = try folder.train("run", recipe.name, ranks: ranks, resumes: true, [])
        #expect(resumed.model == whole.model && resumed.optimizer == whole.optimizer)
        #expect(resumed.state.progress == whole.state.progress)
        #expect(try folder.evaluations("run") == folder.evaluations("whole"))
    }

    @Test("exits with interrupt.exit_code, where that is given, and the signal of several that is the most urgent")
    func exitCode() throws {
        let folder = try TrainingFolder([Self.points])
        let interruption = interrupted {
            try folder.train(
                "run", "points", ranks: 2, ["interrupt.exit_code=75"],
                sources: { rank in
                    var sources = RequestSources()
                    sources.pendingSignal = { rank == 0 ? .user1 : .terminate }
                    return sources
                })
        }
        #expect(interruption?.exitCode == 75 && interruption?.signal == .terminate)
        #expect(try SavedRun.checkpoint(at: folder("run")).step == 1)
    }

    @Test("Rank 0's clock says when checkpoints are due by checkpoint.minutes", arguments: [[], ["local.steps=2"]])
    func minutes(rule: [String]) throws {
        let folder = try TrainingFolder([Self.points])
        try folder.train(
            "run", "points", ranks: 2, ["checkpoint.minutes=0.5", "checkpoint.keep=100"] + rule,
            sources: { rank in
                let looks = Counter()
                var sources = RequestSources()
                // 12 seconds from look to look; the other rank's clock is of no account
                sources.now = { rank == 0 ? Double(looks.next()) * 12 : 0 }
                return sources
            })
        let steps = try CheckpointStore(directory: folder("run") + "/checkpoints", keep: 100).steps()
        // 12 s after the begin, 24, and 36 s
        if rule.isEmpty { #expect(steps == [3, 6, 9, 12, 15, 16]) }
        #expect(steps.count > 2 && steps.last == 16, "\(steps)")
    }

    @Test("A rule that sums no gradients over the ranks is stopped as well, and a signal on no rank stops nothing")
    func noRequests() throws {
        let exchange = try InProcessCommunicator.run(ranks: 2) { communicator in
            let requests = RequestExchange { communicator.rank == 1 ? [.stop(.hangup), .checkpoint] : [] }
            let explicit = try requests.settle(over: communicator)
            requests.postpone()
            let postponed = try requests.settle(over: communicator)
            requests.note([.checkpoint])
            requests.note([.stop(.user1)])
            return [explicit, postponed, try requests.settle(over: communicator)]
        }
        let all: [StepRequests] = [[.stop(.hangup), .checkpoint], [], [.stop(.user1), .checkpoint]]
        #expect(exchange == [all, all])
        #expect(all.map(\.signal) == [.hangup, nil, .user1])
    }
}
