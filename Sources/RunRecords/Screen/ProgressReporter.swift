import Foundation
import Messages

/// Shows the progress of a run: on a terminal in one line that is redrawn, elsewhere in a line now and then.
///
/// It uses no colors.
public final class ProgressReporter {
    private let terminal: Terminal
    private let sink: (String) -> Void
    private let clock: () -> Double
    private var line = ProgressLine(step: 0, steps: 0, epoch: 0, epochs: 0)
    /// When and at which step time began to be measured: not before the first step, which also warms up.
    private var origin: (step: Int, time: Double)?
    private var lastDrawn = -Double.infinity
    private var lastPrinted = -Double.infinity
    private var isLineDrawn = false
    /// An activity between steps, such as an evaluation.
    private var activity: ProgressActivity?

    /// Redraws per second at most, and plain lines per second at most.
    private static let redrawInterval = 0.1
    private static let printInterval = 1.0
    /// Seconds between plain lines of an activity between steps; a shorter one has none.
    private static let activityInterval = 10.0

    /// A reporter that gives its text to `sink`; `clock` counts seconds from any point on, and is
    /// the system's unless given.
    public init(
        terminal: Terminal = .standardOutput(), clock: (() -> Double)? = nil,
        sink: @escaping (String) -> Void = Terminal.print
    ) {
        self.terminal = terminal
        self.clock = clock ?? { ProcessInfo.processInfo.systemUptime }
        self.sink = sink
    }

    /// A reporter without output.
    package static var silent: ProgressReporter {
        ProgressReporter(terminal: Terminal(isUnicode: false) { nil }, sink: { _ in })
    }

    deinit { endLine() }

    /// Prints what is about to be trained.
    public func started(_ header: RunHeader) {
        line = ProgressLine(
            step: header.stepsDone, steps: header.endsWithData ? 0 : header.steps, epoch: 0, epochs: header.epochs)
        sink(header.text(isUnicode: terminal.isUnicode) + "\n")
    }

    /// Notes that `step` is done. It is cheap: call it after every step.
    public func advanced(step: Int, epoch: Int) {
        line.step = step
        line.epoch = epoch
        let now = clock()
        if let origin {
            let pace = (now - origin.time) / Double(max(1, step - origin.step))
            line.secondsLeft = step > origin.step ? Double(max(0, line.steps - step)) * pace : nil
        } else {
            origin = (step, now)
        }
        if now - lastDrawn >= Self.redrawInterval { draw(at: now) }
    }

    /// Shows the loss and the rate of a step.
    public func step(_ report: StepReport) {
        line.loss = report.loss
        line.metrics = ScreenMetrics.rows(report.metrics).map { "\($0.name) \($0.value)" }
        line.samplesPerSecond = report.samplesPerSecond
        advanced(step: report.step, epoch: report.epoch)
        let now = clock()
        if terminal.columns() == nil, now - lastPrinted >= Self.printInterval {
            lastPrinted = now
            sink(line.plainText(learningRate: report.learningRate) + "\n")
        }
    }

    /// Shows the progress of an activity between steps, such as `evaluating`. It is cheap.
    package func progress(_ name: String, done: Int, of total: Int) {
        let now = clock()
        if activity?.name != name {
            activity = ProgressActivity(name: name, began: now)
            lastPrinted = now
        }
        activity?.update(done: done, total: total, now: now)
        if terminal.columns() == nil {
            guard let activity, now - lastPrinted >= Self.activityInterval else { return }
            lastPrinted = now
            sink(activity.plainText + "\n")
        } else if now - lastDrawn >= Self.redrawInterval {
            draw(at: now)
        }
    }

    /// Ends that; the pace of the steps leaves its time out.
    package func endProgress() {
        guard let ended = activity else { return }
        activity = nil
        let now = clock()
        lastPrinted = -.infinity
        if let origin { self.origin = (origin.step, origin.time + now - ended.began) }
        erase()
    }

    /// Prints the result of an evaluation.
    public func evaluation(_ report: EvaluationReport) {
        let epoch = "epoch " + ProgressLine.progress(report.epoch, of: line.epochs)
        let step = "step " + Readable.count(report.step).leftPadded(to: Readable.count(line.steps).count)
        let loss = "test loss " + Readable.loss(report.loss)
        let accuracy = report.accuracy.map { "accuracy " + Readable.percent($0) }
        let metrics = ScreenMetrics.rows(report.metrics ?? [:]).map { "\($0.name) \($0.value)" }
        let training = report.trainingLoss.map { "training loss " + Readable.loss($0) }
        let gap = report.gap.map { "gap " + Readable.loss($0) }
        let best = report.isBest == true ? "best" : nil
        let all = [epoch, step, training, loss, gap, accuracy] + metrics
        keep(fitting: [
            all + [best], [epoch, step, training, loss, gap, accuracy, best], [epoch, training, loss, accuracy, best],
            [epoch, loss, accuracy], [loss, accuracy], [accuracy ?? loss],
        ])
    }

    /// Prints where a checkpoint is; a terminal shows only the last one, in the summary.
    public func checkpoint(_ report: CheckpointReport) {
        guard terminal.columns() == nil else { return }
        let epoch = "epoch " + ProgressLine.progress(report.epoch, of: line.epochs)
        let step = "step " + ProgressLine.progress(report.step, of: line.steps)
        keep(fitting: [[epoch, step, "checkpoint \(report.path)", String(format: "%.0f ms", report.milliseconds)]])
    }

    /// Prints a line that stays, such as a warning.
    public func message(_ text: String) { keep(text) }

    /// Prints the results.
    public func finished(_ summary: RunSummary) {
        erase()
        sink("\n" + summary.text(isUnicode: terminal.isUnicode))
    }

    /// Ends the redrawn line, so that other output begins on a new one.
    public func endLine() {
        if isLineDrawn { sink("\n") }
        isLineDrawn = false
    }

    /// Prints the first of the forms that fits the screen, without the parts that are absent.
    private func keep(fitting forms: [[String?]]) {
        let texts = forms.map { $0.compactMap { $0 }.joined(separator: "  ") }
        let room = terminal.columns().map { max(1, $0 - 1) } ?? .max
        keep(texts.first { $0.count <= room } ?? String((texts.last ?? "").prefix(room)))
    }

    private func keep(_ text: String) {
        let wasDrawn = isLineDrawn
        erase()
        sink(text.printableLines + "\n")
        if wasDrawn { draw(at: clock()) }
    }

    private func draw(at time: Double) {
        lastDrawn = time
        guard let columns = terminal.columns() else { return }
        let text =
            activity?.text(columns: columns, isUnicode: terminal.isUnicode)
            ?? line.text(columns: columns, isUnicode: terminal.isUnicode)
        // back to the first column, the text, and the rest of an older and longer line erased; meanwhile nothing wraps
        // (DECAWM off), for a screen that is narrower than it says
        sink("\r\u{1b}[?7l" + text + "\u{1b}[K\u{1b}[?7h")
        isLineDrawn = true
    }

    private func erase() {
        if isLineDrawn { sink("\r\u{1b}[K") }
        isLineDrawn = false
    }
}
