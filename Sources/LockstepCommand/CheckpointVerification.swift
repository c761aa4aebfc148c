import Checkpoints
import Messages
import Training

/// Whether the checkpoints of a run are intact: a table with a line for each.
struct CheckpointVerification: Codable {
    /// The table.
    let text: String
    /// Whether none of them is damaged.
    let isIntact: Bool

    /// Reads every byte of the checkpoints at `path`: a run directory, `best` within one, or a checkpoint's folder.
    init(path: String) throws {
        let (checkpoints, best) = try SavedRun.verify(at: path)
        isIntact = checkpoints.allSatisfy { $0.damage == nil }
        let rows = checkpoints.map { checkpoint in
            [
                checkpoint.step.map(Readable.count) ?? "?", checkpoint.bytes.map(Readable.bytes) ?? "-",
                checkpoint.damage.map { "damaged: \($0)".printable.shortened(to: 500) } ?? "intact",
                checkpoint.step != nil && checkpoint.step == best ? "best" : "",
            ]
        }
        let header = ["step", "bytes", "state", ""]
        let widths = (0..<2).map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
        let damaged = checkpoints.count { $0.damage != nil }
        let lines = ([header] + rows).map { row in
            (zip(row, widths).map { $0.leftPadded(to: $1) } + row[2...].filter { !$0.isEmpty }).joined(separator: "  ")
        }
        let all = Readable.count(checkpoints.count, of: "checkpoint")
        text =
            (lines + [
                damaged == 0
                    ? "\(all), intact"
                    : "\(all), \(damaged) damaged: remove the damaged ones, resuming passes over them"
            ]).joined(separator: "\n")
    }
}
