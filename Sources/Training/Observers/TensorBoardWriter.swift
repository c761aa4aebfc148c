import Communication
import Kernels
import Messages
import RunRecords
import TensorEngine

/// Writes what the run logs to an event file for TensorBoard, with the settings as text; where gradients are examined
/// (`diagnose.every`), with histograms of each parameter and its gradient.
final class TensorBoardWriter: RunObserver, GradientObserver {
    private let context: RunContext
    private let settings: Settings
    private let arena: ParameterArena
    /// Histograms of the examined step, on the rank that keeps the records.
    private var histograms: [SummaryValue] = []

    /// A writer for a run of the parameters of `arena`.
    init(_ context: RunContext, _ settings: Settings, _ arena: ParameterArena) {
        (self.context, self.settings, self.arena) = (context, settings, arena)
    }

    /// Opens the event file. *Collective.*
    func runWillBegin(at position: RunPosition) throws {
        try context.communicator.agree {
            guard let record = context.record else { return }
            let resumption = record.log.resumption
            record.log.tensorBoard = try TensorBoardLog(
                record.log.directory, resumedStep: resumption?.step, evaluates: resumption?.evaluates ?? false)
            guard position.step == 0 || !record.changed.isEmpty else { return }
            record.log.show([SummaryValue("settings", .text(settingsTable))], step: position.step)
        }
    }

    /// The settings as a table in Markdown.
    private var settingsTable: String {
        let rows = settings.keys.map { key in
            let value = key.text(in: settings).printable.replacing("|", with: "\\|")
            return "| \(key.name) | \(value) |"
        }
        return (["| setting | value |", "| --- | --- |"] + rows).joined(separator: "\n")
    }

    func isDue(_ number: Int) -> Bool { settings.diagnose.every > 0 && number % settings.diagnose.every == 0 }

    func gradientsAreReady(_ gradients: GradientBuffer, count: Double) {
        guard context.record != nil else { return }
        let factor = count > 0 ? Float(1 / count) : 0
        histograms = zip(arena.names, arena.ranges).flatMap { name, range in
            [("weights", arena.buffer, Float(1)), ("gradients", gradients.buffer, factor)].map {
                group, buffer, factor in
                // the buffer lives as long as the arena, and nobody changes it before the update
                let elements = UnsafeBufferPointer(start: buffer.pointer + range.lowerBound, count: range.count)
                return SummaryValue("\(group)/\(name)", .histogram(HistogramBins(elements, factor: factor)))
            }
        }
    }

    func stepDidEnd(_ step: CompletedStep) {
        if !step.outcome.isRejected { context.record?.log.show(histograms, step: step.number) }
        histograms = []
    }
}
