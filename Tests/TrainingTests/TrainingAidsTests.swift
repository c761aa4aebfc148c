import Checkpoints
import Communication
import Datasets
import Foundation
import Kernels
import Layers
import TensorEngine
import Testing
import Training
import RunRecords
import TestSupport

/// Forty points of the square, each of the class of its side of a diagonal but for a few; `model.name` says what learns them.
private struct ExampleRecipe: Recipe {
    let name = "example"
    let summary = "points of a square"
    let settings: [(key: String, value: String)] = [
        ("global_batch", "12"), ("shards", "3"), ("epochs", "30"), ("checkpoint.every", "0"), ("log.every", "1"),
        ("model.name", "relu"), ("model.hidden", "[16]"), ("optimizer.learning_rate", "0.3"),
    ]
    let uses = ["model.hidden"]
    func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask {
        ExampleTask(settings)
    }
}

private struct NoisyPoints: Dataset {
    let count = 40
    let broken: Bool
    func batch(of samples: [Int]) -> LabeledBatch {
        let points = samples.map { (Float($0 * 7 % 40) / 20 - 1, Float($0 * 11 % 40) / 20 - 1) }
        return LabeledBatch(
            samples: samples,
            inputs: Tensor(points.flatMap { [$0.0, broken ? .infinity : $0.1] }, shape: [samples.count, 2]),
            labels: Indices(zip(samples, points).map { $0 % 9 == 4 ? 0 : $1.0 > $1.1 ? 1 : 0 }))
    }
}

private struct ExampleTask: TrainingTask {
    private let network: any Module
    var model: any Parameterized { network }
    let trainingData, testData: NoisyPoints
    let modelSummary = "example"
    let dataSummary = "points"
    let classifies, isIgnored: Bool

    private static let deviations: [String: Float] = ["large": 300, "overflowing": 1e20]

    init(_ settings: Settings) {
        var random = InitializationRandom(seed: settings.seed)
        let name = settings.model.name
        let widths = [2] + settings.model.hidden + [2]
        network = Sequential(
            zip(widths, widths.dropFirst()).enumerated().flatMap { place, width -> [any Module] in
                let layer = Linear(
                    width.0, width.1,
                    initializer: Self.deviations[name].map { .normal(deviation: $0) } ?? .xavierUniform,
                    random: &random)
                if place == widths.count - 2 { return [layer] }
                return [layer, name == "sigmoid" ? Activation.sigmoid : .relu]
            })
        trainingData = NoisyPoints(broken: name == "broken")
        testData = NoisyPoints(broken: false)
        (classifies, isIgnored) = (name != "unclassified", name == "ignored")
    }

    func loss(_ batch: LabeledBatch, _ context: ForwardContext) -> SummedLoss {
        let logits = network(batch.inputs, context)
        if isIgnored {
            return softmaxCrossEntropy(logits, Indices(batch.samples.map { _ in -1 }), ignoredLabel: -1)
        }
        return softmaxCrossEntropy(logits, batch.labels)
    }

    func evaluate(_ batch: LabeledBatch) -> EvaluationSums {
        let logits = network(batch.inputs)
        let loss = softmaxCrossEntropy(logits, batch.labels)
        return EvaluationSums(
            loss: Double(loss.sum.scalar), terms: loss.count,
            correct: classifies ? correctCount(logits, batch.labels) : nil, samples: batch.labels.count)
    }
}

@Suite("Training aids")
final class TrainingAidsTests {
    private let folder = NSTemporaryDirectory() + "lockstep-aids-\(UUID().uuidString)"
    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func path(_ run: String) -> String { "\(folder)/\(run)" }

    @discardableResult
    private func train(_ run: String, _ values: [String], resumes: Bool = false, ranks: Int = 1) throws -> RunSummary {
        var request = TrainingRequest(target: "example", runDirectory: path(run), resumes: resumes)
        request.overrides = try values.map { try SettingOverride(assignment: $0) }
        let fixed = request
        return try InProcessCommunicator.run(ranks: ranks) {
            try TrainingProgram(fixed, catalog: RecipeCatalog([ExampleRecipe()]), communicator: $0).run()
        }[0]
    }

    private func metrics(_ run: String) throws -> [MetricsRecord] {
        try contents(of: path(run) + "/metrics.jsonl").split(separator: "\n").compactMap { MetricsRecord(line: $0) }
    }

    private func evaluations(_ run: String) throws -> [EvaluationReport] {
        try metrics(run).compactMap { if case .evaluation(let report) = $0 { report } else { nil } }
    }

    private func steps(_ run: String) throws -> [StepReport] {
        try metrics(run).compactMap { if case .step(let report) = $0 { report } else { nil } }
    }

    private func diagnoses(_ run: String) throws -> [DiagnosisReport] {
        try metrics(run).compactMap { if case .diagnosis(let report) = $0 { report } else { nil } }
    }

    // MARK: Early stopping

    /// The step after which a run ends with these evaluations, as in Keras's EarlyStopping.
    private func expectedEnd(_ reports: [EvaluationReport], patience: Int, threshold: Double) -> Int? {
        var (best, wait) = (Double.infinity, 0)
        for report in reports {
            wait += 1
            if report.loss < best - threshold { (best, wait) = (report.loss, 0) }
            if wait >= patience { return report.step }
        }
        return nil
    }

    @Test("A run ends after as many evaluations without a better one, on any ranks, and resumed at the same step")
    func earlyStopping() throws {
        let values = ["optimizer.learning_rate=1"]
        try train("whole", values)
        let end = try #require(expectedEnd(try evaluations("whole"), patience: 3, threshold: 0.02))
        #expect((16..<120).contains(end), "\(end)")

        let stopping = values + ["early_stopping.threshold=0.02", "early_stopping.patience=3"]
        let stopped = try train("stopped", stopping, ranks: 2)
        #expect(stopped.step == end)
        #expect(stopped.stoppedEarly?.contains("no better test loss in 3 evaluations since step") == true)
        let expected = try SavedRun.checkpoint(at: path("stopped"))
        #expect(expected.step == end)

        // interrupted one evaluation before, and in the middle of an epoch
        for (name, step) in [("a", end - 4), ("b", end - 6)] {
            try train(name, stopping + ["steps=\(step)"])
            let resumed = try train(name, stopping + ["steps=none"], resumes: true)
            #expect(resumed.step == end && resumed.stoppedEarly == stopped.stoppedEarly)
            let checkpoint = try SavedRun.checkpoint(at: path(name))
            #expect(checkpoint.model == expected.model && checkpoint.state.progress == expected.state.progress)
        }
        // it stays ended, unless it is given more patience
        #expect(try train("a", [], resumes: true).step == end)
        #expect(try train("a", ["early_stopping.patience=50"], resumes: true).step == 120)
    }

    @Test("Accuracy is compared the other way round, and refused where nothing is classified", arguments: [1, 2])
    func accuracy(ranks: Int) throws {
        let values = ["early_stopping.metric=accuracy", "early_stopping.patience=2", "epochs=40"]
        let summary = try train("run", values, ranks: ranks)
        let found = try evaluations("run").compactMap(\.accuracy)
        #expect(summary.stoppedEarly?.contains("accuracy") == true)
        #expect(found.suffix(3).max() == found.suffix(3).first && found.max() == found.suffix(3).first)
        #expect(
            message { try train("other", values + ["model.name=unclassified"], ranks: ranks) }
                == "early_stopping.metric is accuracy, but example classifies nothing; use loss")
    }

    @Test("Without evaluations there is nothing to stop by")
    func needsEvaluations() {
        #expect(
            message { try train("run", ["early_stopping.patience=2", "evaluate.every=0"]) }
                == "early_stopping.patience needs evaluations; set evaluate.every to 1 or more")
    }

    // MARK: The best checkpoint

    @Test(
        "The checkpoint of the best evaluation is kept, also of a run that was resumed",
        arguments: ["loss", "accuracy"])
    func best(metric: String) throws {
        let values = [
            "checkpoint.best=\(metric)", "checkpoint.keep=1", "checkpoint.every=3", "optimizer.learning_rate=1.5",
            "epochs=12",
        ]
        let summary = try train("whole", values)
        let reports = try evaluations("whole")
        let scores = reports.map { metric == "loss" ? -$0.loss : $0.accuracy ?? 0 }
        let highest = try #require(scores.max())
        let best = reports[try #require(scores.firstIndex(of: highest))]
        #expect(best.step < 48, "the best is not the last")
        #expect(summary.bestStep == best.step)
        #expect(reports.last { $0.isBest == true }?.step == best.step)
        let checkpoint = try SavedRun.checkpoint(at: path("whole/best"))
        #expect(checkpoint.step == best.step)
        #expect(try SavedRun.checkpoint(at: path("whole")).step == 48)
        let outcome = try CheckpointEvaluation(
            path: path("whole/best"), overrides: [], catalog: RecipeCatalog([ExampleRecipe()])
        ).run(over: SoloCommunicator())
        #expect(outcome.result.loss == best.loss)

        for step in [best.step - 1, best.step + 1] {
            try train("resumed \(step)", values + ["steps=\(step)"])
            try train("resumed \(step)", values + ["steps=none"], resumes: true)
            let resumed = try SavedRun.checkpoint(at: path("resumed \(step)/best"))
            #expect(resumed.step == best.step && resumed.model == checkpoint.model)
            #expect(
                try SavedRun.checkpoint(at: path("resumed \(step)")).state.progress
                    == SavedRun.checkpoint(at: path("whole")).state.progress)
        }
        // another metric begins anew
        let other = metric == "loss" ? "accuracy" : "loss"
        try train("whole", ["checkpoint.best=\(other)", "epochs=13"], resumes: true)
        #expect(try SavedRun.checkpoint(at: path("whole/best")).step == 52)

        try train("without", ["steps=4"])
        #expect(
            message { _ = try SavedRun.checkpoint(at: path("without/best")) }
                == "\(path("without")) has no best checkpoint: name the run directory for its newest, or train with checkpoint.best"
        )
    }

    // MARK: The gap

    @Test("The training loss beside an evaluation is the mean over the steps since the one before, or in the epoch")
    func gap() throws {
        // epochs of 12 + 12 + 12 + 4 samples
        func expected(_ run: String, _ report: EvaluationReport, from first: Int) throws -> Double {
            let taken = try steps(run).filter { ($0.step >= first) && ($0.step <= report.step) }
            let counts = taken.map { $0.step % 4 == 0 ? 4.0 : 12.0 }
            return zip(taken, counts).reduce(0) { $0 + $1.0.loss * $1.1 } / counts.reduce(0, +)
        }
        let summary = try train("epochs", ["epochs=3"])
        for report in try evaluations("epochs") {
            let loss = try #require(report.trainingLoss)
            #expect(abs(loss - (try expected("epochs", report, from: report.step - 3))) < 1e-12)
            #expect(report.gap == report.loss - loss)
        }
        #expect(summary.trainingLoss == (try evaluations("epochs").last?.trainingLoss))

        let first = [3: 1, 6: 5, 9: 9, 12: 10]
        try train("whole", ["steps=12", "evaluate.steps=3"])
        try train("resumed", ["steps=8", "evaluate.steps=3"])
        try train("resumed", ["steps=12"], resumes: true)
        for run in ["whole", "resumed"] {
            for report in try evaluations(run) where report.step != 8 {
                let from = try #require(first[report.step])
                let loss = try #require(report.trainingLoss)
                #expect(abs(loss - (try expected(run, report, from: from))) < 1e-12)
            }
        }
        #expect(try evaluations("resumed").filter { $0.step != 8 } == evaluations("whole"))
    }

    // MARK: Batches

    @Test("A full batch is all samples in one step, a batch of one is one sample", arguments: [1, 3])
    func batches(ranks: Int) throws {
        let values = ["optimizer.learning_rate=0", "epochs=2"]
        let full = try train("full", values + ["global_batch=full"], ranks: ranks)
        #expect(full.step == 2 && full.samples == 80)
        // the samples that are trained on are those of the evaluation
        let whole = try #require(full.testLoss)
        for step in try steps("full") { #expect(abs(step.loss - whole) < 1e-6) }
        let single = try train("single", values + ["global_batch=1"], ranks: ranks)
        #expect(single.step == 80)
        #expect(try SavedRun.checkpoint(at: path("full")).state.settings["global_batch"] == "full")
        try train("full", ["epochs=3", "global_batch=full"], resumes: true)
        #expect(
            message { try train("full", ["global_batch=40"], resumes: true) }.contains(
                "global_batch is full in the saved run and cannot become 40"))
    }

    @Test("A step in which nothing counts has loss 0 and changes nothing")
    func nothingCounts() throws {
        let summary = try train("run", ["model.name=ignored", "epochs=1", "clip.value=1", "clip.global_norm=1"])
        #expect(try steps("run").allSatisfy { $0.loss == 0 && $0.gradientNorm == 0 })
        try train("zero", ["optimizer.learning_rate=0", "epochs=1"])
        #expect(try SavedRun.checkpoint(at: path("run")).model == SavedRun.checkpoint(at: path("zero")).model)
        #expect(summary.trainingLoss == nil)
    }

    @Test("What augments images is refused where there are none")
    func nothingToAugment() {
        #expect(
            message { try train("run", ["augment.flip=0.5"]) }
                == "unknown setting augment.flip (from --set); 'lockstep settings' lists them all")
    }

    // MARK: Diagnosis

    @Test("The norms of each layer: an update of plain descent is the rate times the gradient", arguments: [1, 2])
    func norms(ranks: Int) throws {
        let values = ["optimizer.momentum=0", "steps=5", "diagnose.every=2", "optimizer.learning_rate=0.25"]
        try train("run", values, ranks: ranks)
        let reports = try diagnoses("run")
        #expect(reports.map(\.step) == [2, 4])
        for report in reports {
            #expect(report.layers.map(\.name) == ["0.weight", "0.bias", "2.weight", "2.bias"])
            for layer in report.layers {
                #expect(layer.gradientNorm > 0 && abs(layer.updateNorm - 0.25 * layer.gradientNorm) < 1e-6)
            }
            let all = report.layers.reduce(0) { $0 + $1.gradientNorm * $1.gradientNorm }.squareRoot()
            let norm = try #require(try steps("run").first { $0.step == report.step }?.gradientNorm)
            #expect(abs(all - norm) < 1e-6)
            #expect(report.warnings.isEmpty)
        }
        // the weights' own norms are those of the checkpoint that the step began with
        try train("before", values + ["steps=3"])
        let model = try SavedRun.checkpoint(at: path("before")).model
        for (layer, tensor) in zip(reports[1].layers, model) {
            let norm = tensor.values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
            #expect(abs(layer.weightNorm - norm) < 1e-6)
        }
    }

    @Test("In a deep network of sigmoids the first layers' gradients vanish, and it is said once of each")
    func vanishing() throws {
        let deep = "model.hidden=\([Int](repeating: 16, count: 11))"
        try train("sigmoid", [deep, "model.name=sigmoid", "epochs=1", "diagnose.every=1"])
        let warnings = try diagnoses("sigmoid").flatMap(\.warnings)
        #expect(warnings.count { $0.contains("the gradient of 0.weight vanishes") } == 1, "\(warnings)")
        #expect(try diagnoses("sigmoid")[0].warnings.contains { $0.contains(" 0.weight vanishes") })
        #expect(!warnings.contains { $0.contains(" 22.weight vanishes") || $0.contains("bias") })
        try train("relu", ["epochs=1", "diagnose.every=1"])
        #expect(try diagnoses("relu").flatMap(\.warnings) == [])

        try train("frozen", ["epochs=1", "diagnose.every=1", "freeze=[0.*]"])
        #expect(try diagnoses("frozen").flatMap(\.warnings) == [])
        #expect(try diagnoses("frozen")[0].layers.map(\.name).contains("0.weight"))
    }

    @Test("Too large weights make gradients explode, and too large a rate makes steps too long")
    func exploding() throws {
        let deep = "model.hidden=\([Int](repeating: 16, count: 3))"
        try train("large", [deep, "model.name=large", "steps=1", "diagnose.every=1", "optimizer.learning_rate=0"])
        let large = try diagnoses("large").flatMap(\.warnings)
        #expect(large.contains { $0.contains("the gradient of 0.weight explodes") }, "\(large)")
        try train("fast", ["steps=2", "diagnose.every=1", "optimizer.learning_rate=20"])
        let fast = try diagnoses("fast").flatMap(\.warnings)
        #expect(fast.contains { $0.contains("one step moves 0.weight by") && $0.contains("optimizer.learning_rate") })
    }

    // MARK: What is not finite

    @Test("A loss that is not finite ends the run on all ranks, with step and tensor", arguments: [1, 2])
    func notFinite(ranks: Int) throws {
        let rate = message { try train("rate", ["optimizer.learning_rate=1e38"], ranks: ranks) }
        #expect(rate.hasPrefix("the loss of step 2 is ") || rate.hasPrefix("the gradient of step 2 "), "\(rate)")
        #expect(rate.contains(".weight") && rate.contains("start a new run") && !rate.contains("-nan"))
        let broken = message { try train("broken", ["model.name=broken"], ranks: ranks) }
        #expect(
            broken.hasPrefix(
                "the loss of step 1 is nan: all weights were finite before it, but the data that operation 1 of the "
                    + "forward pass, LinearTransform with 0.weight, 0.bias takes are not; mend the data"), "\(broken)")
        // the second shard's first product: 3·10³⁸ times weights of some hundreds
        let large = message { try train("large", ["model.name=overflowing"], ranks: ranks) }
        #expect(
            large.contains(
                "and the first result that is not is that of operation 3 of the forward pass, LinearTransform with "
                    + "2.weight, 2.bias, of shape [4, 2]; start a new run with a lower"), "\(large)")
        let line = message {
            try train(
                "line", ["model.name=overflowing", "optimizer.name=lbfgs", "schedule.name=constant"], ranks: ranks)
        }
        #expect(line.contains("operation 3 ") && line.contains("optimizer.l2"), "\(line)")
        #expect(!line.contains("rate") && !line.contains("warmup") && !line.contains("clip"), "\(line)")
    }

    @Test("What is known of a loss that is not finite is said")
    func origins() {
        func text(_ loss: Double, _ origin: NonFiniteLoss.Origin) -> String {
            NonFiniteLoss(step: 7, loss: loss, origin: origin).description
        }
        #expect(text(-.nan, .weights("a.weight")).hasPrefix("the loss of step 7 is nan: a.weight is the first weight"))
        #expect(
            text(2.5, .gradient("a")).hasPrefix(
                "the gradient of step 7 is not finite, first that of a, at a loss of 2.5000"))
        #expect(text(.infinity, .sum).hasPrefix("the loss of step 7 is inf, while all weights and gradients"))
    }
}
