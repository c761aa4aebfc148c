import Checkpoints
import Foundation
import Optimizers
import Testing
import Training
import RunRecords
import TestSupport
import TrainingTestSupport

@Suite("The schedule of a resumed run")
struct ScheduleResumeTests {
    private static let values = ["schedule.name=cosine", "optimizer.learning_rate=0.1", "log.every=1"]

    /// 0.1 · ½(1 + cos(π · (step - 1) / length)): Loshchilov and Hutter, 2017.
    private func cosine(_ step: Int, of length: Int) -> Double {
        0.05 * (1 + cos(.pi * min(1, Double(step - 1) / Double(length))))
    }

    @Test("is neither stretched nor kept without the user's word, where it depends on the length", arguments: [1, 2])
    func refused(ranks: Int) throws {
        let folder = try TrainingFolder([CourseRecipe()])
        for name in ["cosine", "linear", "polynomial", "one_cycle"] {
            try folder.train(name, "course", ranks: ranks, Self.values + ["schedule.name=\(name)", "steps=8"])
            let metrics = try folder.text(name, "metrics.jsonl")
            let text = message { try folder.train(name, "course", ranks: ranks, resumes: true, ["steps=16"]) }
            #expect(
                text.hasPrefix("the run was to have 8 steps and is to have 16, and its schedule (\(name)) depends"),
                "\(text)")
            #expect(text.contains("--set schedule.steps=8 keeps") && text.contains("schedule.steps=16 stretches"))
            #expect(try folder.text(name, "metrics.jsonl") == metrics)
        }
        // others don't
        for name in ["constant", "step", "exponential", "inverse_time", "cosine_restarts", "triangular", "plateau"] {
            try folder.train(name, "course", ["schedule.name=\(name)", "steps=8"])
            try folder.train(name, "course", resumes: true, ["steps=16"])
        }
    }

    @Test("is stretched or kept by the user's word, and the rates say so")
    func extended() throws {
        let folder = try TrainingFolder([CourseRecipe()])
        for (run, length) in [("kept", 8), ("stretched", 16)] {
            try folder.train(run, "course", Self.values + ["steps=8"])
            try folder.train(run, "course", resumes: true, ["steps=16", "schedule.steps=\(length)"])
            let rates = try folder.rates(run)
            #expect(rates.count == 16)
            for step in 1...8 { #expect(abs(rates[step - 1] - cosine(step, of: 8)) < 1e-15) }
            for step in 9...16 { #expect(abs(rates[step - 1] - cosine(step, of: length)) < 1e-15) }
            // once said, it holds
            try folder.train(run, "course", resumes: true, ["steps=20"])
            #expect(try folder.rates(run).suffix(4).allSatisfy { abs($0 - cosine(20, of: length)) < 1e-15 })
        }
        // a run that was to be longer from the beginning
        try folder.train("parts", "course", Self.values + ["steps=8", "schedule.steps=16"])
        let parts = try folder.train("parts", "course", resumes: true, ["steps=16"])
        #expect(try parts.model == folder.train("whole", "course", Self.values + ["steps=16"]).model)
    }

    @Test("may have another rate, which its records and its manifest say")
    func rate() throws {
        let folder = try TrainingFolder([CourseRecipe()])
        try folder.train("run", "course", ["steps=4", "optimizer.learning_rate=0.1", "log.every=1"])
        try folder.train("run", "course", resumes: true, ["steps=6", "optimizer.learning_rate=0.01"])
        #expect(try folder.rates("run") == [0.1, 0.1, 0.1, 0.1, 0.01, 0.01])
        let changed = ["steps: 4 -> 6", "optimizer.learning_rate: 0.1 -> 0.01"]
        let manifest = try Manifest(path: folder("run") + "/manifest.json")
        #expect(manifest.starts.map(\.changed) == [nil, changed])
        let resumes = try folder.records("run").compactMap { if case .resume(let report) = $0 { report } else { nil } }
        #expect(resumes == [ResumeReport(step: 4, epoch: 1, ranks: 1, changed: changed)])
    }

    @Test("A run of no more steps than its warm-up rises over its first half", arguments: [1, 2, 10, 60, 100])
    func shortRun(steps: Int) {
        var settings = Settings()
        (settings.schedule.warmupSteps, settings.optimizer.learningRate) = (100, 0.1)
        let rates = (1...steps).map { LearningRateSchedule(settings, totalSteps: steps).rate(step: $0) }
        let rise = steps / 2
        for step in 1...steps {
            #expect(abs(rates[step - 1] - 0.1 * min(1, Double(step) / Double(max(1, rise)))) < 1e-15)
        }
        #expect(rates.last == 0.1)
    }

    @Test("A longer run with a shorter warm-up asks, too")
    func warmUp() throws {
        let folder = try TrainingFolder([CourseRecipe()])
        try folder.train("run", "course", ["schedule.warmup_steps=12", "steps=8", "log.every=1"])
        #expect(try folder.rates("run").map { Float($0) } == [0.0125, 0.025, 0.0375, 0.05, 0.05, 0.05, 0.05, 0.05])
        #expect(
            message { try folder.train("run", "course", resumes: true, ["steps=16"]) }.contains(
                "its schedule (constant) depends on that"))
        try folder.train("run", "course", resumes: true, ["steps=16", "schedule.steps=8"])
        #expect(try folder.rates("run").suffix(8).allSatisfy { $0 == 0.05 })
    }

    @Test(
        "Every schedule has finite rates at any step, whatever its settings", arguments: ScheduleSettings.Name.allCases
    )
    func extremes(name: ScheduleSettings.Name) throws {
        for values in [
            ["schedule.period_factor=1000000", "schedule.period=2"],
            ["schedule.period=1000000000000", "schedule.every=1000000000000"],
            ["schedule.warmup_steps=1000000000000"], ["schedule.steps=1"], ["schedule.steps=1000000000000"],
        ] {
            var settings = Settings()
            try settings.apply(
                (values + ["schedule.name=\(name.rawValue)"]).map { try SettingOverride(assignment: $0) })
            for length in [1, 2, 1000, 1_000_000_000_000] {
                let schedule = LearningRateSchedule(settings, totalSteps: length)
                for step in [1, 2, 1000, 1_000_000_000_000] {
                    let rate = schedule.rate(step: step)
                    #expect((0...0.05).contains(rate), "\(values) \(length) \(step): \(rate)")
                }
            }
        }
    }

    @Test(
        "What a checkpoint remembers is refused where no run can have remembered it",
        arguments: [
            ("plateau.factor", "nan"), ("plateau.factor", "1.5"), ("plateau.factor", "-1"), ("plateau.best", "nan"),
            ("plateau.bad_count", "9223372036854775808"), ("plateau.cooldown_left", "-1"),
            ("non_finite.skipped", "9223372036854775807"), ("non_finite.in_a_row", "-1"),
            ("early_stopping.bad_count", "9223372036854775807"), ("best.step", "99"), ("best.score", "nan"),
            ("training_loss.sum", "inf"), ("training_loss.count", "-1"), ("lbfgs.pairs", "-1"),
            ("lbfgs.pairs", "9223372036854775808"), ("bfgs.has_scale", "perhaps"), ("local.apart", ""),
            ("evaluation.pending", "soon"),
        ])
    func progress(name: String, value: String) throws {
        let settings: [String] =
            switch name.prefix(while: { $0 != "." }) {
            case "plateau": ["schedule.name=plateau"]
            case "early_stopping": ["early_stopping.patience=3"]
            case "best": ["checkpoint.best=accuracy"]
            case "lbfgs", "bfgs": ["optimizer.name=\(name.prefix { $0 != "." })"]
            case "local": ["local.steps=2"]
            default: []
            }
        let folder = try TrainingFolder([CourseRecipe()])
        var checkpoint = try folder.train("run", "course", ["steps=8"] + settings)
        checkpoint.state.progress = (checkpoint.state.progress ?? [:]).merging(["a": "b", name: value]) { $1 }
        try CheckpointStore(directory: folder("run") + "/checkpoints", keep: 1).save(checkpoint)
        let text = message { try folder.train("run", "course", resumes: true, ["steps=12"]) }
        #expect(text.contains(name) && text.contains("state.json"), "\(text)")
    }

    @Test("and a run whose checkpoint was changed so is not resumed")
    func changedCheckpoint() throws {
        let folder = try TrainingFolder([CourseRecipe()])
        let saved = try folder.train("run", "course", ["steps=8", "schedule.name=plateau"])
        let path = folder("run") + "/checkpoints"
        for (change, finding) in [
            (["plateau.factor": "nan"], "plateau.factor"),
            (["plateau.bad_count": "9223372036854775807"], "plateau.bad_count"),
        ] {
            var checkpoint = saved
            checkpoint.state.progress?.merge(change) { $1 }
            try CheckpointStore(directory: path, keep: 1).save(checkpoint)
            let text = message { try folder.train("run", "course", resumes: true, ["steps=12"]) }
            #expect(text.contains(finding), "\(text)")
        }
        var checkpoint = saved
        checkpoint.state.samplesConsumed += 10
        try CheckpointStore(directory: path, keep: 1).save(checkpoint)
        let text = message { try folder.train("run", "course", resumes: true, ["steps=12"]) }
        #expect(
            text.contains("8 steps have consumed 90 samples, and with its settings and these data they are 80"),
            "\(text)")
    }
}
