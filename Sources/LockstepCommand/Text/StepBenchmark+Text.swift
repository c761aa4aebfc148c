import Diagnosis
import Foundation
import Messages
import RunRecords
import TensorEngine

extension StepBenchmark {
    /// The figures as a table.
    var table: String {
        var lines = [
            "\(recipe): \(model), \(Readable.count(parameters)) parameters",
            "\(ranks) × \(Readable.count(threads, of: "thread")), \(batchText), \(Readable.count(steps, of: "step"))",
            "", "phase                   median ms      least       most",
        ]
        for (name, spread) in [("step", step)] + phases.map({ ($0.name, $0.milliseconds) }) {
            lines.append(
                name.padded(to: 22) + Self.cell(spread.median) + Self.cell(spread.least) + Self.cell(spread.most))
        }
        lines += [
            "",
            "\(Readable.count(Int(samplesPerSecond))) samples/s, peak memory \(Readable.memory(peakMemoryBytes.max() ?? 0)) per rank, \(Readable.count(systemAllocations, of: "buffer")) from the system in these steps",
        ]
        if let sentBytes, let uncompressedBytes {
            lines.append("gradients: " + compressionText(sent: sentBytes, uncompressed: uncompressedBytes))
        }
        if ranks > 1 && !isIndependent { lines += ["", lostTime.table] }
        if let operations {
            lines += ["", "operation                        ms per step      share      times"]
            for entry in operations {
                let name = entry.operation + (entry.isBackward ? ", backward" : "")
                let perStep = entry.milliseconds / Double(self.steps)
                lines.append(
                    name.padded(to: 33) + Self.cell(perStep)
                        + String(format: "%9.1f %%", 100 * perStep / step.mean)
                        + String(format: "%11.1f", Double(entry.count) / Double(self.steps)))
            }
        }
        return lines.joined(separator: "\n")
    }

    private var batchText: String {
        isIndependent
            ? "each by itself with batches of \(globalBatch)"
            : "global batch \(globalBatch) in \(Readable.count(shards, of: "shard"))"
    }

    private static func cell(_ value: Double) -> String { String(format: "%11.3f", value) }
}
