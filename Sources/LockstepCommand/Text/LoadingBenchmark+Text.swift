import Diagnosis
import Foundation
import Messages
import RunRecords

extension LoadingBenchmark {
    /// The figures as a table.
    var table: String {
        var lines = [
            "\(recipe): \(data)",
            "\(Readable.count(ranks, of: "rank")), global batch \(globalBatch); data ready after "
                + String(format: "%.3f s", startSeconds), "", "pass      seconds    samples/s",
        ]
        for (pass, (seconds, rate)) in zip(seconds, samplesPerSecond).enumerated() {
            lines.append("\(pass + 1)".padded(to: 5) + String(format: "%12.3f%13.0f", seconds, rate))
        }
        lines += ["", "memory \(Readable.memory(memoryBytes.max() ?? 0)) per rank without mapped files"]
        return lines.joined(separator: "\n")
    }
}
