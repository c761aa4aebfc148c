import Foundation
import Training

/// A screen that obeys what the reporter writes: carriage return, line's end, "erase to the end of the line", and wrapping
/// switched off and on. It has `columns` columns.
final class Screen {
    /// Everything that was written, as it came.
    private(set) var written = ""
    /// The lines that stand on the screen.
    private(set) var lines = [""]
    /// The longest line that ever stood on the screen.
    private(set) var widest = 0
    /// What stood in each line that was redrawn.
    private(set) var drawings: [String] = []
    private var column = 0
    private var wraps = true
    private let columns: Int

    init(columns: Int = .max) { self.columns = columns }

    func write(_ text: String) {
        written += text
        var rest = text.replacing("\u{1b}[K", with: "\u{1}").replacing("\u{1b}[?7l", with: "\u{2}")
            .replacing("\u{1b}[?7h", with: "\u{3}")[...]
        while let character = rest.popFirst() {
            let row = lines.count - 1
            switch character {
            case "\r": column = 0
            case "\n":
                lines.append("")
                column = 0
            case "\u{1}": lines[row] = String(lines[row].prefix(column))
            case "\u{2}": wraps = false
            case "\u{3}": wraps = true
            default:
                if column >= columns {
                    if wraps {
                        lines.append(String(character))
                        column = 1
                        continue
                    }
                    column = columns - 1
                }
                lines[row] = String(lines[row].prefix(column)) + String(character) + lines[row].dropFirst(column + 1)
                column += 1
                widest = max(widest, lines[row].count)
            }
        }
        if text.hasPrefix("\r") { drawings.append(lines[lines.count - 1]) }
    }
}

/// A clock that is set by hand.
final class HandClock {
    var seconds = 0.0
}

/// A reporter, the screen it writes on and the clock it reads.
struct Watched {
    let screen = Screen()
    let clock = HandClock()
    let reporter: ProgressReporter

    init(columns: Int?, isUnicode: Bool = true) {
        let (screen, clock) = (screen, clock)
        reporter = ProgressReporter(
            terminal: Terminal(isUnicode: isUnicode) { columns }, clock: { clock.seconds }, sink: { screen.write($0) })
    }
}

/// Calls `body` with the path of an empty directory, which is removed afterwards.
func withTemporaryDirectory(_ body: (String) throws -> Void) throws {
    let path = NSTemporaryDirectory() + "lockstep-\(UUID())"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
}

func contents(of path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

func exampleHeader(stepsDone: Int = 0) -> RunHeader {
    RunHeader(
        recipe: "mnist-mlp", model: "mlp 784-512-256-10", parameters: 535_818,
        data: "mnist, 60,000 training and 10,000 test samples", ranks: 4, threads: 1, hosts: 2, shards: 4,
        globalBatch: 128, epochs: 10, steps: 4690, stepsDone: stepsDone, runDirectory: "runs/mnist-mlp-20260131-120000")
}

func exampleStep(_ step: Int = 1450, epoch: Int = 4) -> StepReport {
    var report = StepReport(
        step: step, epoch: epoch, samples: step * 128, loss: 0.08125, learningRate: 0.05, samplesPerSecond: 41_234.5678,
        gradientNorm: 1.25)
    report.dataMilliseconds = 0.125
    report.forwardMilliseconds = 1.5
    report.backwardMilliseconds = 2.75
    report.exposedCommunicationMilliseconds = 0.0004
    report.optimizerMilliseconds = 0.5
    return report
}

func exampleSummary() -> RunSummary {
    var summary = RunSummary(
        step: 4690, epoch: 10, samples: 600_000, testLoss: 0.0631, testAccuracy: 0.9812, seconds: 103.4,
        samplesPerSecond: 45_512.3, ranks: 4, threads: 1, runDirectory: "runs/mnist-mlp-20260131-120000")
    summary.trainingLoss = 0.0401
    (summary.bestStep, summary.bestScore) = (4221, 0.0612)
    summary.communicationShare = 0.0321
    summary.secondsToFirstStep = 0.844
    summary.peakMemoryBytes = [208 << 20, 212 << 20, 210 << 20, 209 << 20]
    summary.systemAllocations = 0
    summary.checkpoint = "runs/mnist-mlp-20260131-120000/checkpoints/step-4690"
    return summary
}
