import Foundation

/// The log of a run: the lines of `metrics.jsonl` and the progress on the screen.
///
/// One rank makes one and the others none (`RunLog?`); nothing in here is collective.
public final class RunLog {
    /// The run's directory.
    public let directory: RunDirectory
    /// Shows the progress.
    public let reporter: ProgressReporter
    private let metrics: MetricsFile

    /// The log of a new run, or of one that is resumed after `resumedStep` steps: later lines of its metrics are
    /// removed.
    /// - Parameter evaluates: whether that step is evaluated again.
    public init(
        directory: RunDirectory, resumedStep: Int? = nil, evaluates: Bool = false,
        reporter: ProgressReporter = ProgressReporter()
    ) throws(RunLogError) {
        self.directory = directory
        self.reporter = reporter
        if let resumedStep {
            metrics = try MetricsFile(path: directory.metricsPath, resumingAt: resumedStep, evaluates: evaluates)
        } else {
            metrics = try MetricsFile(path: directory.metricsPath)
        }
    }

    /// The summary that an earlier start has left of the step at which the run is resumed.
    package var recordedSummary: RunSummary? {
        metrics.recorded.lazy.reversed().compactMap { if case .summary(let summary) = $0 { summary } else { nil } }
            .first
    }

    /// The evaluation that an earlier start has left of that step.
    package var recordedEvaluation: EvaluationReport? {
        metrics.recorded.lazy.reversed().compactMap { if case .evaluation(let report) = $0 { report } else { nil } }
            .first
    }

    /// How long the run had taken when the checkpoint was saved at which it is resumed, where that is known.
    package var recordedSeconds: Double? {
        metrics.recorded.lazy.reversed().compactMap { if case .checkpoint(let report) = $0 { report } else { nil } }
            .first?.runSeconds
    }

    /// Shows the header.
    public func started(_ header: RunHeader) { reporter.started(header) }

    /// Shows which weights were transferred, and writes all names to the file `transfer.txt`.
    package func transferred(_ report: TransferReport) throws(RunLogError) {
        reporter.message(report.summary)
        try FileContents.replace(directory.path + "/transfer.txt", with: Data(report.text.utf8))
    }

    /// Shows a line that belongs to no step.
    package func message(_ text: String) { reporter.message(text) }

    /// Notes that `step` is done; call it after every step.
    public func advanced(step: Int, epoch: Int) { reporter.advanced(step: step, epoch: epoch) }

    /// Records a step; call it every `log.every` steps.
    public func step(_ report: StepReport) throws(RunLogError) {
        reporter.step(report)
        try metrics.append(.step(report), at: Date())
    }

    /// Records an evaluation.
    public func evaluation(_ report: EvaluationReport) throws(RunLogError) {
        reporter.evaluation(report)
        try metrics.append(.evaluation(report), at: Date())
    }

    /// Records a checkpoint that was written.
    public func checkpoint(_ report: CheckpointReport) throws(RunLogError) {
        reporter.checkpoint(report)
        try metrics.append(.checkpoint(report), at: Date())
    }

    /// Records a diagnosis of the gradients, and prints its warnings.
    public func diagnosis(_ report: DiagnosisReport) throws(RunLogError) {
        for warning in report.warnings { reporter.message("warning: \(warning)") }
        try metrics.append(.diagnosis(report), at: Date())
    }

    /// Records a skipped step, and prints a warning.
    package func skipped(_ report: SkipReport) throws(RunLogError) {
        reporter.message("warning: \(report.text)")
        try metrics.append(.skip(report), at: Date())
    }

    /// Records that the run was resumed.
    package func resumed(_ report: ResumeReport) throws(RunLogError) { try metrics.append(.resume(report), at: Date()) }

    /// Records that a signal has ended this start of the run.
    package func interrupted(_ report: InterruptionReport) throws(RunLogError) {
        reporter.endLine()
        try metrics.append(.interruption(report), at: Date())
    }

    /// Shows the summary of a run that was complete before this start; its records are unchanged.
    package func complete(_ summary: RunSummary) {
        reporter.message("the run is complete: nothing is left to train; more with --epochs or --steps")
        reporter.finished(summary)
    }

    /// Records the end of the run.
    public func finished(_ summary: RunSummary) throws(RunLogError) {
        reporter.finished(summary)
        try metrics.append(.summary(summary), at: Date())
    }
}
