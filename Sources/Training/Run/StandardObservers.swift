import Communication
import DataParallel
import Optimizers
import RunRecords
import Datasets
import Timeline

extension AssembledRun {
    /// The observers of a run in the order in which they are called, those of its task among them; all that checkpoints
    /// carry; and the schedule of its evaluations.
    func makeObservers(
        after position: RunPosition, tracer: Tracer?
    ) throws -> (observers: [any RunObserver], parts: [any Persistent], schedule: EvaluationSchedule) {
        let lastStep = source.lastStep
        let losses = LossTracker(rule)
        let agreement = AgreementCheck(context, rule, every: settings.agreement.every)
        let watchers: [(any RunObserver)?] = [
            BucketTuner(context, learner.dataParallel, settings, steps: lastStep - position.step),
            losses,
            ShardBalancer(context, rule.learners, source as? any ShardedSource, setup),
            tensorBoard, diagnosis,
            StepReporter(context, losses, learners: rule.learners, every: settings.log.every, lastStep: lastStep),
            setup.nonFinite, agreement,
            settings.checkpoint.best.map { BestCheckpoint(metric: settings.metric($0)) },
            settings.earlyStopping.patience > 0 ? EarlyStopper(EarlyStopping(settings)) : nil,
        ]
        let ownObservers = watchers.compactMap { $0 } + (try task.makeObservers(setup))
        let schedule = EvaluationSchedule(settings, hasTestData: task.testData.count > 0)
        let parts = self.parts + ownObservers.flatMap(\.persistents) + [schedule]
        let checkpoints = CheckpointWriter(
            context, rule, losses, agreement, setup.description, parts: parts,
            settings: settings.checkpoint, lastStep: lastStep)
        let evaluator = Evaluator(
            context, task, rule, settings, checkpoints, schedule, observers: ownObservers, lastStep: lastStep)
        let report = ResourceReport(context, rule.learners, threads: settings.threads)
        return (ownObservers + [checkpoints, evaluator, report] + [tracer].compactMap { $0 }, parts, schedule)
    }

    private var tensorBoard: TensorBoardWriter? {
        guard settings.log.tensorboard else { return nil }
        let writer = TensorBoardWriter(context, settings, learner.weights.arena)
        learner.gradientObservers.append(writer)
        return writer
    }

    private var diagnosis: GradientDiagnosis? {
        guard settings.diagnose.every > 0 else { return nil }
        let diagnosis = GradientDiagnosis(
            context, learner.weights.arena, settings.parameterGroups, every: settings.diagnose.every)
        learner.gradientObservers.append(diagnosis)
        return diagnosis
    }
}

extension EarlyStopping {
    init(_ settings: Settings) {
        let values = settings.earlyStopping
        self.init(metric: settings.metric(values.metric), patience: values.patience, threshold: values.threshold)
    }
}

extension Settings {
    /// The metric of this name, which improves in the direction of `early_stopping.mode`.
    fileprivate func metric(_ name: String) -> MetricName {
        switch earlyStopping.mode {
        case .auto: MetricName(name)
        case .min: MetricName(name, direction: .minimize)
        case .max: MetricName(name, direction: .maximize)
        }
    }
}
