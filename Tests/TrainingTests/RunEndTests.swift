import Checkpoints
import Communication
import Datasets
import Foundation
import Testing
import Training
import RunRecords
import TestSupport
import TrainingTestSupport

@Suite("The end of a run, and its resuming")
struct RunEndTests {
    @Test("It is saved before its last evaluation, which a resumed run makes up for", arguments: [1, 2])
    func savedBeforeEvaluation(ranks: Int) throws {
        let marker = NSTemporaryDirectory() + "lockstep-unreadable-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: marker) }
        let values = ["early_stopping.patience=5", "checkpoint.best=loss", "steps=8"]
        let folder = try TrainingFolder([CourseRecipe(.unreadable(while: marker))])
        // evaluated at the end of each epoch of 4 steps: killed in the first and in the last evaluation
        try Data().write(to: URL(fileURLWithPath: marker))
        let text = message { try folder.train("run", "course", ranks: ranks, values + ["checkpoint.every=4"]) }
        #expect(text.contains("the test data cannot be read now"), "\(text)")
        #expect(try SavedRun.checkpoint(at: folder("run")).step == 4)
        _ = message { try folder.train("run", "course", ranks: ranks, resumes: true, []) }
        #expect(try SavedRun.checkpoint(at: folder("run")).step == 4)
        try FileManager.default.removeItem(atPath: marker)
        let resumed = try folder.train("run", "course", ranks: ranks, resumes: true, [])

        let whole = try folder.train("whole", "course", values + ["checkpoint.every=4"])
        #expect(resumed.model == whole.model && resumed.optimizer == whole.optimizer)
        #expect(resumed.state.progress == whole.state.progress)
        #expect(whole.state.progress?["evaluation.pending"] == nil)
        #expect(try folder.evaluations("run") == folder.evaluations("whole"))
        #expect(
            try SavedRun.checkpoint(at: folder("run/best")).step == SavedRun.checkpoint(at: folder("whole/best")).step)
        #expect(try folder.summaries("run").count == 1)
    }

    @Test("The records of a run say when: in UTC, with milliseconds, one after the other")
    func times() throws {
        let folder = try TrainingFolder([CourseRecipe()])
        let before = Date()
        try folder.train("run", "course", ["log.every=1", "diagnose.every=5", "checkpoint.every=4"])
        try folder.train("run", "course", resumes: true, ["epochs=4"])
        struct Line: Decodable { let event, time: String }
        let lines = try folder.text("run", "metrics.jsonl").split(separator: "\n").map {
            try JSONDecoder().decode(Line.self, from: Data($0.utf8))
        }
        #expect(
            Set(lines.map(\.event)) == ["step", "evaluation", "checkpoint", "diagnosis", "summary", "resume"])
        let times = try lines.map { line in
            #expect(line.time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil, "\(line.time)")
            return try Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(line.time)
        }
        #expect(times == times.sorted())
        // a time is cut to its millisecond
        #expect(try #require(times.first) > before - 0.002 && (try #require(times.last)) <= Date())
    }

    @Test(
        "A complete run that is resumed repeats nothing in its records, and its result is said again",
        arguments: [1, 2])
    func complete(ranks: Int) throws {
        let folder = try TrainingFolder([CourseRecipe()])
        for (run, values) in [
            ("length", ["evaluate.samples=7"]),
            ("stopped", ["early_stopping.patience=1", "early_stopping.threshold=9"]),
        ] {
            try folder.train(run, "course", ranks: ranks, values)
            let metrics = try folder.text(run, "metrics.jsonl")
            let request = TrainingRequest(target: "course", runDirectory: folder(run), resumes: true)
            let summaries = try InProcessCommunicator.run(ranks: ranks) {
                try TrainingProgram(request, catalog: RecipeCatalog([CourseRecipe()]), communicator: $0).run()
            }
            #expect(try summaries == Array(repeating: #require(folder.summaries(run).first), count: ranks))
            #expect(try folder.text(run, "metrics.jsonl") == metrics)
            // killed between the evaluation and the summary: the evaluation is not made again
            let lines = metrics.split(separator: "\n").dropLast()
            try (lines.joined(separator: "\n") + "\n").write(
                toFile: folder(run) + "/metrics.jsonl", atomically: true, encoding: .utf8)
            let evaluations = try folder.evaluations(run)
            try folder.train(run, "course", ranks: ranks, resumes: true, [])
            #expect(try folder.evaluations(run) == evaluations && folder.summaries(run).count == 1)
        }
    }

    @Test("The summary of a resumed run tells this start from the whole run")
    func summary() throws {
        let folder = try TrainingFolder([CourseRecipe()])
        try folder.train("run", "course", ["epochs=2"])
        try folder.train("run", "course", resumes: true, ["epochs=5"])
        let summaries = try folder.summaries("run")
        #expect(summaries.map(\.step) == [8, 20] && summaries.map(\.firstStep) == [nil, 9])
        let whole = try #require(summaries[1].runSeconds)
        #expect(summaries[0].runSeconds == nil && whole > summaries[1].seconds)
        #expect(whole < summaries[0].seconds + summaries[1].seconds + 1e-3)
        let text = summaries[1].text(isUnicode: false)
        #expect(text.contains("20 steps, 5 epochs, from step 9 on in this start\n"), "\(text)")
        #expect(text.contains(" in this start, ") && text.contains(" in the whole run\n"), "\(text)")
    }

    @Test("A run of a few steps has a rate", arguments: [1, 2, 5])
    func throughput(steps: Int) throws {
        let folder = try TrainingFolder([CourseRecipe()])
        try folder.train("run", "course", ["steps=\(steps)"])
        #expect(try #require(folder.summaries("run").first).samplesPerSecond > 0)
    }

    @Test("Without test data nothing is evaluated, and what follows evaluations is refused", arguments: [1, 2])
    func withoutTests(ranks: Int) throws {
        let recipe = CourseRecipe(.none)
        let folder = try TrainingFolder([recipe, CourseRecipe()])
        let run = try folder.train("run", "course", ranks: ranks, ["steps=6"])
        #expect(run.step == 6)
        #expect(try folder.evaluations("run").isEmpty)
        let summary = try #require(try folder.summaries("run").first)
        #expect(summary.testLoss == nil && summary.testAccuracy == nil)
        for (value, key) in [
            ("early_stopping.patience=2", "early_stopping.patience"), ("checkpoint.best=loss", "checkpoint.best"),
            ("schedule.name=plateau", "schedule.name"),
        ] {
            #expect(
                message { try folder.train(key, "course", ranks: ranks, ["steps=6", value]) }
                    == "\(key) follows the evaluations on the test data, and there are none; "
                    + "set data.test_fraction above 0, or drop it")
        }
        #expect(
            message {
                _ = try CheckpointEvaluation(
                    path: folder("run"), overrides: [], catalog: RecipeCatalog([recipe])
                ).run(over: SoloCommunicator())
            }.contains("there is nothing to evaluate on"))
        // the training is the same
        let other = try TrainingFolder([CourseRecipe()])
        #expect(try other.train("run", "course", ["steps=6"]).model == run.model)
    }

    @Test("Evaluations during training may be on some of the test samples, the last is on all", arguments: [1, 2, 3])
    func limitedEvaluation(ranks: Int) throws {
        let folder = try TrainingFolder([CourseRecipe()])
        let values = ["evaluate.samples=7", "checkpoint.best=loss"]
        let run = try folder.train("run", "course", ranks: ranks, values + ["shards=6"])
        #expect(try folder.evaluations("run").map(\.samples) == [7, 7, 7, 40])
        #expect(try folder.evaluations("run").last?.isBest == nil)
        let alone = try folder.train("alone", "course", values + ["shards=6"])
        #expect(run.state == alone.state && run.model == alone.model)
        #expect(try folder.evaluations("run") == folder.evaluations("alone"))
        // a run that goes on is as one that never ended in between
        try folder.train("resumed", "course", ranks: ranks, values + ["shards=6", "epochs=2"])
        let resumed = try folder.train("resumed", "course", resumes: true, ["epochs=3"])
        #expect(resumed.model == run.model && resumed.state.progress == run.state.progress)
        try folder.train("few", "course", ranks: ranks, values + ["shards=6", "evaluate.final_samples=20"])
        #expect(try folder.evaluations("few").map(\.samples) == [7, 7, 7, 20])
        let outcome = try CheckpointEvaluation(
            path: folder("run"), overrides: [], catalog: RecipeCatalog([CourseRecipe()]), limit: 7
        ).run(over: SoloCommunicator())
        #expect(outcome.result.samples == 7 && outcome.available == 40)
        let loss = try folder.evaluations("run")[2].loss
        #expect(outcome.result.loss == loss)
    }

    @Test("The samples of a limited evaluation are the first of a random order, whatever the limit")
    func sample() {
        let all = Array(0..<100)
        var before: Set<Int> = []
        for limit in [0, 1, 10, 60, 99, 100, 1000] {
            let sample = EvaluationSplit.sample(limit, of: 100, seed: 3)
            #expect(sample == sample.sorted() && Set(sample).count == min(limit, 100))
            #expect(before.isSubset(of: sample) && Set(sample).isSubset(of: all))
            before = Set(sample)
        }
        #expect(EvaluationSplit.sample(10, of: 100, seed: 3) != Array(0..<10))
        #expect(EvaluationSplit.sample(10, of: 100, seed: 3) != EvaluationSplit.sample(10, of: 100, seed: 4))
        #expect(EvaluationSplit.sample(5, of: 0, seed: 1) == [])
    }
}
