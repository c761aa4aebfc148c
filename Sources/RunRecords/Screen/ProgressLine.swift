import Foundation
import Messages

/// The progress of a run, as one line of text.
package struct ProgressLine {
    package var step: Int
    /// The steps of the whole run; 0 where nobody knows how many there are.
    package var steps: Int
    package var epoch: Int
    package var epochs: Int
    package var loss: Double?
    /// Further losses and metrics, each as text.
    package var metrics: [String] = []
    package var samplesPerSecond: Double?
    package var secondsLeft: Double?

    /// A line without loss, rate and time, which are set as they become known.
    package init(step: Int, steps: Int, epoch: Int, epochs: Int) {
        self.step = step
        self.steps = steps
        self.epoch = epoch
        self.epochs = epochs
    }

    private var fraction: Double { steps > 0 ? min(1, max(0, Double(step) / Double(steps))) : 0 }

    // numbers are padded to the width they will have at the end, so that nothing jumps
    private var epochText: String { "epoch " + Self.progress(epoch, of: epochs) }
    private var stepText: String { "step " + Self.progress(step, of: steps) }
    private var lossText: String? { loss.map { "loss " + Readable.loss($0) } }
    private var leftText: String? { steps > 0 ? Readable.duration(secondsLeft) + " left" : nil }

    /// The line on a screen of that many columns: the richest form that leaves the last column free.
    package func text(columns: Int, isUnicode: Bool) -> String {
        let percent = steps > 0 ? Readable.percent(fraction, decimals: 0) : nil
        let rate = samplesPerSecond.map(Readable.rate)
        let withMetrics: [(bar: Int, before: [String], after: [String?])] = [
            (10, [epochText], [percent, stepText, lossText] + metrics + [rate.map { $0 + " samples/s" }, leftText]),
            (6, [epochText], [stepText, lossText] + metrics + [leftText]),
            (0, [epochText], [lossText] + metrics + [leftText]),
        ]
        let forms: [(bar: Int, before: [String], after: [String?])] =
            (metrics.isEmpty ? [] : withMetrics) + [
                (10, [epochText], [percent, stepText, lossText, rate.map { $0 + " samples/s" }, leftText]),
                (8, [epochText], [stepText, lossText, rate.map { $0 + "/s" }, leftText]),
                (6, [epochText], [stepText, lossText, leftText]),
                (6, [epochText], [lossText, leftText]),
                (0, [epochText], [lossText, leftText]),
                (0, [epochText], [lossText]),
            ]
        let room = max(1, columns - 1)
        for form in forms {
            let texts = form.before + form.after.compactMap { $0 }
            let length = texts.map(\.count).reduce(0, +) + 2 * (texts.count - 1)
            if form.bar == 0, length <= room { return texts.joined(separator: "  ") }
            let bar = min(30, room - length - 2)
            if form.bar > 0, bar >= form.bar {
                let drawn = Self.bar(fraction, width: bar, isUnicode: isUnicode)
                return (form.before + [drawn] + form.after.compactMap { $0 }).joined(separator: "  ")
            }
        }
        return String((lossText ?? epochText).prefix(room))
    }

    /// The line where nothing is redrawn.
    package func plainText(learningRate: Double?) -> String {
        let rate = samplesPerSecond.map { Readable.rate($0) + " samples/s" }
        let texts =
            [epochText, stepText, lossText] + metrics
            + [learningRate.map { "learning rate \($0.shortened)" }, rate, leftText]
        return texts.compactMap { $0 }.joined(separator: "  ")
    }

    /// ` 3/10`; `3` of an unknown total, 0.
    static func progress(_ value: Int, of total: Int) -> String {
        if total == 0 { return Readable.count(value) }
        let total = Readable.count(total)
        return Readable.count(value).leftPadded(to: total.count) + "/" + total
    }

    static func bar(_ fraction: Double, width: Int, isUnicode: Bool) -> String {
        let inside = isUnicode ? width : width - 2
        let full = Int(fraction * Double(inside))
        let parts = isUnicode ? ("", "█", "░", "") : ("[", "#", ".", "]")
        return parts.0 + String(repeating: parts.1, count: full) + String(repeating: parts.2, count: inside - full)
            + parts.3
    }
}
