import Checkpoints
import Communication
import Foundation
import Search
import Testing
import RunRecords
import Training
import TestSupport
import TrainingTestSupport

@Suite("Weights, scores and files that are not finite")
struct NonFiniteStateTests {
    /// Gradients of the first layer are some hundreds for these points: one step of the rate below takes its weights beyond all
    /// numbers, though loss and gradient are finite.
    private static let steep = CourseRecipe(scale: 10_000)
    private static let leap = ["optimizer.learning_rate=1e38", "optimizer.momentum=0"]

    @Test("stop the run after the step that made them, on all ranks, and nothing is saved", arguments: [1, 2])
    func stops(ranks: Int) throws {
        let folder = try TrainingFolder([Self.steep])
        for (name, more) in [("last", ["steps=1"]), ("best", ["steps=9", "checkpoint.best=loss", "evaluate.steps=1"])] {
            let text = message {
                try folder.train(name, "course", ranks: ranks, Self.leap + more)
            }
            #expect(
                text.contains(" is not finite after step 1: the update has overflowed; nothing was saved"), "\(text)")
            #expect(text.contains(".weight") || text.contains(".bias"), "\(text)")
            #expect(!FileManager.default.fileExists(atPath: folder(name) + "/checkpoints"))
            #expect(try folder.summaries(name).isEmpty && folder.evaluations(name).isEmpty)
        }
    }

    @Test("leave the last finite checkpoint, from which the run goes on with another rate", arguments: [1, 2])
    func keepsFinite(ranks: Int) throws {
        let folder = try TrainingFolder([Self.steep])
        let saved = try folder.train("run", "course", ranks: ranks, ["steps=4", "optimizer.learning_rate=1e-9"])
        let text = message {
            try folder.train("run", "course", ranks: ranks, resumes: true, ["steps=5", "optimizer.learning_rate=1e38"])
        }
        #expect(
            text.contains("is not finite after step 5: the update has overflowed; the checkpoint of step 4 is kept"))
        #expect(try SavedRun.checkpoint(at: folder("run")) == saved)
        try folder.train("run", "course", ranks: ranks, resumes: true, ["steps=6", "optimizer.learning_rate=1e-8"])
        #expect(try SavedRun.checkpoint(at: folder("run")).step == 6)
    }

    @Test("are no steps to skip: nothing mends weights", arguments: [1, 2])
    func notSkipped(ranks: Int) throws {
        let folder = try TrainingFolder([Self.steep])
        let text = message {
            try folder.train("run", "course", ranks: ranks, Self.leap + ["steps=9", "non_finite.action=skip"])
        }
        #expect(
            text.contains("step 2") && text.contains("is the first weight that was not finite before it"), "\(text)")
        #expect(!text.contains("were skipped"), "\(text)")
    }

    @Test("stop a run that evaluates their average")
    func average() throws {
        let folder = try TrainingFolder([Self.steep])
        let text = message {
            try folder.train(
                "run", "course", Self.leap + ["steps=1", "average.name=ema", "average.decay=0.5"])
        }
        #expect(text.contains("is not finite after step 1"), "\(text)")
    }

    @Test("of workers that train apart stop the run", arguments: [1, 2])
    func workers(ranks: Int) throws {
        let folder = try TrainingFolder([Self.steep])
        for length in ["1", "2"] {
            let text = message {
                try folder.train(
                    "run-\(length)", "course", ranks: ranks, Self.leap + ["steps=\(length)", "local.steps=2"])
            }
            #expect(text.contains("not finite"), "\(text)")
            #expect(!FileManager.default.fileExists(atPath: folder("run-\(length)") + "/checkpoints"))
        }
    }

    @Test("are noted by a search, whose other trials go on", arguments: [1, 2])
    func search(ranks: Int) throws {
        let folder = try TrainingFolder([Self.steep])
        for (more, finding) in [([], " is not finite after step 1"), (["local.steps=1"], "not finite")] {
            var request = SearchRequest(target: "course")
            (request.directory, request.report) = (folder("search \(more)"), { _ in })
            request.grids = ["optimizer.learning_rate=1e-9,1e38"]
            request.overrides = try (["steps=1", "optimizer.momentum=0"] + more).map {
                try SettingOverride(assignment: $0)
            }
            let asked = request
            let outcome = try InProcessCommunicator.run(ranks: ranks) {
                try HyperparameterSearch(asked, catalog: RecipeCatalog([Self.steep]), communicator: $0).run()
            }[0]
            #expect(outcome.results.map(\.status) == [.complete, .diverged])
            let reason = try #require(outcome.results.last?.reason)
            #expect(reason.contains(finding), "\(reason)")
        }
    }

    @Test(
        "A test loss that is not finite is never the best, stops early, and does not end in a result",
        arguments: [1, 2])
    func evaluation(ranks: Int) throws {
        let folder = try TrainingFolder([CourseRecipe(.infinite)])
        let text = message {
            try folder.train("run", "course", ranks: ranks, ["checkpoint.best=accuracy"])
        }
        #expect(text.hasPrefix("the test loss after step 12 is nan, while all weights are finite"), "\(text)")
        #expect(try folder.evaluations("run").map(\.isBest) == [false, false, false])
        #expect(try folder.summaries("run").isEmpty)
        #expect(try SavedRun.checkpoint(at: folder("run")).step == 12)
        #expect(message { _ = try SavedRun.checkpoint(at: folder("run/best")) }.contains("has no best checkpoint"))
        let stopped = message {
            try folder.train("stopped", "course", ranks: ranks, ["early_stopping.patience=2"])
        }
        #expect(stopped.hasPrefix("the test loss after step 8 is nan"), "\(stopped)")
    }

    @Test("A score that is not finite is no score", arguments: [Double.nan, .infinity, -.infinity])
    func scores(loss: Double) throws {
        for metric in [MetricName("loss"), MetricName("accuracy")] {
            var best = BestEvaluation(metric: metric)
            let observed = try [(loss, 1.0, 1), (3, 0.5, 2), (loss, 1, 3)].map { loss, accuracy, step in
                try best.observe(
                    EvaluationResult(loss: loss, accuracy: accuracy, samples: 1), step: step, key: "checkpoint.best")
            }
            #expect(observed == [false, true, false] && best.best?.step == 2)
            var stopping = EarlyStopping(metric: metric, patience: 2)
            for step in 1...2 {
                try stopping.observe(EvaluationResult(loss: loss, accuracy: 1, samples: 1), step: step)
            }
            #expect(stopping.isDue)
        }
    }

    @Test("Saved weights that are not finite are not evaluated, resumed, or begun with", arguments: [1, 2])
    func files(ranks: Int) throws {
        let recipe = CourseRecipe()
        let folder = try TrainingFolder([recipe])
        var checkpoint = try folder.train("run", "course", ["steps=4"])
        let spoilt = checkpoint.model[1]
        checkpoint.model[1] = NamedTensor(
            name: spoilt.name, shape: spoilt.shape, values: [.nan] + spoilt.values.dropFirst())
        try CheckpointStore(directory: folder("run/checkpoints"), keep: 1).save(checkpoint)
        let finding = "holds \(spoilt.name), which is not finite"
        let path = folder("run")
        let evaluated = message {
            _ = try InProcessCommunicator.run(ranks: ranks) {
                try CheckpointEvaluation(path: path, overrides: [], catalog: RecipeCatalog([recipe])).run(over: $0)
            }
        }
        #expect(evaluated.contains(finding), "\(evaluated)")
        for text in [
            message { try folder.train("run", "course", ranks: ranks, resumes: true, ["steps=5"]) },
            message { try folder.train("new", "course", ranks: ranks, ["transfer.from=\(path)"]) },
        ] { #expect(text.contains(finding), "\(text)") }
    }
}
