import Foundation

/// What a run tells the world: the lines of `metrics.jsonl` and the text for whoever watches.
///
/// One rank makes one and the others none (`RunLog?`); nothing in here is collective.
public final class RunLog {
    /// Where the run's files are.
    public let directory: RunDirectory
    /// What is shown meanwhile.
    public let reporter: ProgressReporter
    private let metrics: MetricsFile

    /// The log of a new run, or of one that is resumed after `resumedStep` steps: later lines of its metrics are removed.
    public init(
        directory: RunDirectory, resumedStep: Int? = nil, reporter: ProgressReporter = ProgressReporter()
    ) throws(RunLogError) {
        self.directory = directory
        self.reporter = reporter
        if let resumedStep {
            metrics = try MetricsFile(path: directory.metricsPath, resumingAt: resumedStep)
        } else {
            metrics = try MetricsFile(path: directory.metricsPath)
        }
    }

    /// Says what is about to be trained.
    public func started(_ header: RunHeader) { reporter.started(header) }

    /// Says which weights the run begins with; every name stands in the file `transfer.txt`.
    func transferred(_ report: TransferReport) throws(RunLogError) {
        reporter.message(report.summary)
        try FileContents.replace(directory.path + "/transfer.txt", with: Data(report.text.utf8))
    }

    /// Shows a line that belongs to no step.
    func message(_ text: String) { reporter.message(text) }

    /// Notes that `step` is done; call it after every step.
    public func advanced(step: Int, epoch: Int) { reporter.advanced(step: step, epoch: epoch) }

    /// Records a step; call it every `log.every` steps.
    public func step(_ report: StepReport) throws(RunLogError) {
        reporter.step(report)
        try metrics.append(.step(report))
    }

    /// Records an evaluation.
    public func evaluation(_ report: EvaluationReport) throws(RunLogError) {
        reporter.evaluation(report)
        try metrics.append(.evaluation(report))
    }

    /// Records a checkpoint that was written.
    public func checkpoint(_ report: CheckpointReport) throws(RunLogError) {
        reporter.checkpoint(report)
        try metrics.append(.checkpoint(report))
    }

    /// Records an examination of the gradients, and prints what is to be said about it.
    public func diagnosis(_ report: DiagnosisReport) throws(RunLogError) {
        for warning in report.warnings { reporter.message("warning: \(warning)") }
        try metrics.append(.diagnosis(report))
    }

    /// Records a step that was skipped, and says so.
    func skipped(_ report: SkipReport) throws(RunLogError) {
        reporter.message("warning: \(report.text)")
        try metrics.append(.skip(report))
    }

    /// Records the end of the run.
    public func finished(_ summary: RunSummary) throws(RunLogError) {
        reporter.finished(summary)
        try metrics.append(.summary(summary))
    }
}
