/// What a run remembers of its evaluations: the best one, whether to stop, and the training loss to compare with.
struct EvaluationWatch {
    var stopping: EarlyStopping
    /// The best evaluation, whose checkpoint is kept; nil when none is.
    var best: BestEvaluation?
    var trainingLoss = TrainingLossMean()
    /// Whether the weights as they are have still to be evaluated: the checkpoint was saved before that.
    var isPending = false

    /// The name of `isPending` in a checkpoint.
    static let pendingName = "evaluation.pending"

    init(_ settings: Settings) {
        let stop = settings.earlyStopping
        stopping = EarlyStopping(metric: stop.metric, patience: stop.patience, threshold: stop.threshold)
        best = settings.checkpoint.best.metric.map { BestEvaluation(metric: $0) }
    }

    /// Takes in the evaluation after step `step`; returns whether it is the best.
    mutating func observe(_ result: EvaluationResult, step: Int) -> Bool {
        stopping.observe(result, step: step)
        return best?.observe(result, step: step) ?? false
    }

    /// The settings that follow evaluations, of those in use.
    var evaluationSettings: [String] {
        (stopping.patience > 0 ? ["early_stopping.patience"] : []) + (best != nil ? ["checkpoint.best"] : [])
    }

    /// The settings that compare accuracies, of those in use.
    var accuracySettings: [String] {
        (stopping.patience > 0 && stopping.best.metric == .accuracy ? ["early_stopping.metric"] : [])
            + (best?.metric == .accuracy ? ["checkpoint.best"] : [])
    }

    /// What a checkpoint keeps of it.
    var progress: [String: String] {
        [
            stopping.progress, best?.progress(prefix: "best") ?? [:], trainingLoss.progress,
            isPending ? [Self.pendingName: "true"] : [:],
        ].reduce(into: [:]) { $0.merge($1) { $1 } }
    }

    /// Goes on from what `progress` was.
    mutating func restore(_ progress: [String: String]) {
        stopping.restore(progress)
        best?.restore(progress, prefix: "best")
        trainingLoss.restore(progress)
        isPending = progress[Self.pendingName] == "true"
    }
}

/// The mean training loss of the steps since the last evaluation or the beginning of the epoch, whichever came later.
struct TrainingLossMean: Equatable {
    private var sum = 0.0
    private var count = 0.0

    /// The mean; nil when there were no steps.
    var value: Double? { count > 0 ? sum / count : nil }

    /// Takes in a step's loss.
    mutating func add(sum: Double, count: Double) {
        self.sum += sum
        self.count += count
    }

    /// Begins anew.
    mutating func reset() { (sum, count) = (0, 0) }

    /// What a checkpoint keeps of it.
    var progress: [String: String] {
        count > 0 ? ["training_loss.sum": "\(sum)", "training_loss.count": "\(count)"] : [:]
    }

    /// Goes on from what `progress` was.
    mutating func restore(_ progress: [String: String]) {
        sum = progress.number("training_loss.sum") ?? 0
        count = progress.number("training_loss.count") ?? 0
    }
}

/// Evaluations are to be compared by their accuracy, and have none.
struct NothingClassified: Error, CustomStringConvertible {
    let key, recipe: String
    var description: String { "\(key) is accuracy, but \(recipe) classifies nothing; use loss" }
}
