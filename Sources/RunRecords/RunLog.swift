package import Foundation

/// The log of a run: the lines of `metrics.jsonl` and the progress on the screen.
///
/// One rank makes one and the others none (`RunLog?`); nothing in here is collective.
public final class RunLog {
    /// The run's directory.
    public let directory: RunDirectory
    /// Shows the progress.
    public let reporter: ProgressReporter
    private let metrics: MetricsFile
    /// Keeps the directory; nil where nobody else may write there anyway.
    private let keeper: RunDirectoryKeeper?
    /// Whether records wait to be written, which has been said.
    private var isBehind = false
    /// The step after which the run was resumed, and whether that step is evaluated again; nil for a new run.
    package let resumption: (step: Int, evaluates: Bool)?
    /// What TensorBoard shows of the run, where that is wanted.
    package var tensorBoard: TensorBoardLog?

    /// The log of a new run, or of one that is resumed after `resumedStep` steps: later lines of its metrics are
    /// removed.
    /// - Parameter evaluates: whether that step is evaluated again.
    public convenience init(
        directory: RunDirectory, resumedStep: Int? = nil, evaluates: Bool = false,
        reporter: ProgressReporter = ProgressReporter()
    ) throws(RunLogError) {
        try self.init(
            directory: directory, resumedStep: resumedStep, evaluates: evaluates, reporter: reporter, keeper: nil)
    }

    /// The log of a run in a directory that `keeper` keeps.
    package init(
        directory: RunDirectory, resumedStep: Int? = nil, evaluates: Bool = false, reporter: ProgressReporter,
        keeper: RunDirectoryKeeper?
    ) throws(RunLogError) {
        (self.directory, self.reporter, self.keeper) = (directory, reporter, keeper)
        resumption = resumedStep.map { ($0, evaluates) }
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

    /// Appends a record. Where the system refuses that, the run goes on: it is said once, and the record is written with
    /// a later one. Throws if another start has taken the directory.
    private func append(_ record: MetricsRecord) throws(RunLogError) {
        let date = Date()
        do throws(RunLogError) {
            if let keeper, try keeper.restore() { reporter.message("warning: \(keeper.restoredText)") }
            try metrics.append(record, at: date)
            if isBehind { reporter.message("\(directory.metricsPath) is written again: no record is lost") }
            isBehind = false
        } catch {
            guard case .system = error, !record.isLast else { throw error }
            if !isBehind {
                reporter.message(
                    "warning: \(error); the run goes on, and its records wait in memory until they can be written")
            }
            isBehind = true
        }
        if let (step, values) = record.summary { show(values, step: step, at: date) }
    }

    /// Shows `values` in TensorBoard, in a run that writes its events.
    package func show(_ values: [SummaryValue], step: Int, at date: Date = Date()) {
        if let warning = tensorBoard?.append(values, step: step, at: date) { reporter.message("warning: \(warning)") }
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
        try append(.step(report))
    }

    /// Records an evaluation.
    public func evaluation(_ report: EvaluationReport) throws(RunLogError) {
        reporter.evaluation(report)
        try append(.evaluation(report))
    }

    /// Replaces the confusion matrix by that of a newer evaluation. Where the system refuses that, it is said and the run goes on.
    package func confusion(_ matrix: ConfusionMatrix) throws(RunLogError) {
        try replace(directory.confusionPath, matrix)
    }

    /// Replaces the bins of the reliability diagram likewise.
    package func calibration(_ report: CalibrationReport) throws(RunLogError) {
        try replace(directory.calibrationPath, report)
    }

    private func replace(_ path: String, _ content: some Encodable) throws(RunLogError) {
        do throws(RunLogError) {
            try FileContents.replace(path, withJSON: content)
        } catch {
            guard case .system = error else { throw error }
            reporter.message("warning: \(error); the run goes on without it")
        }
    }

    /// Records a checkpoint that was written.
    public func checkpoint(_ report: CheckpointReport) throws(RunLogError) {
        reporter.checkpoint(report)
        try append(.checkpoint(report))
    }

    /// Records a diagnosis of the gradients, and prints its warnings.
    public func diagnosis(_ report: DiagnosisReport) throws(RunLogError) {
        for warning in report.warnings { reporter.message("warning: \(warning)") }
        try append(.diagnosis(report))
    }

    /// Records a skipped step, and prints a warning.
    package func skipped(_ report: SkipReport) throws(RunLogError) {
        reporter.message("warning: \(report.text)")
        try append(.skip(report))
    }

    /// Records that the run was resumed.
    package func resumed(_ report: ResumeReport) throws(RunLogError) { try append(.resume(report)) }

    /// Records that a signal has ended this start of the run.
    package func interrupted(_ report: InterruptionReport) throws(RunLogError) {
        reporter.endLine()
        try append(.interruption(report))
    }

    /// Shows the summary of a run that was complete before this start; its records are unchanged.
    package func complete(_ summary: RunSummary) {
        reporter.message("the run is complete: nothing is left to train; more with --epochs or --steps")
        reporter.finished(summary)
    }

    /// Records the end of the run.
    public func finished(_ summary: RunSummary) throws(RunLogError) {
        reporter.finished(summary)
        try append(.summary(summary))
    }
}
