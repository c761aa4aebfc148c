package import Communication
import Foundation
import Messages

/// Which rank of a host is where while nothing moves: a table, and what to do.
package struct StallReport {
    /// A rank, and the state of its process.
    package struct Line {
        let row: RankRow
        let state: ProcessState

        package init(row: RankRow, state: ProcessState) { (self.row, self.state) = (row, state) }

        /// Whether others may be waiting for it: it is not in an exchange, or its process does not run.
        var isSuspect: Bool { row.phase != .exchange || !state.isAlive }
    }

    let stall: StallDetector.Stall
    let host: String
    /// The ranks of the host.
    let lines: [Line]
    /// The ranks of the other hosts, by name.
    let others: [(host: String, ranks: [Int])]
    /// When the look was, by the clock of the rows.
    let now: UInt64

    package init(
        stall: StallDetector.Stall, host: String, lines: [Line], others: [(host: String, ranks: [Int])], now: UInt64
    ) {
        (self.stall, self.host, self.lines, self.others, self.now) = (stall, host, lines, others, now)
    }

    private var isOneHost: Bool { others.isEmpty }

    /// Whether this host has something to say: each says what its own ranks do, and the first host also when they only wait.
    package var isWorthSaying: Bool { lines.contains { $0.isSuspect || $0.row.rank == 0 } }

    /// The ranks whose stacks help: the suspects that run, or, where all wait for each other, all.
    package var ranksToTrace: [Int] {
        let suspects = lines.filter { $0.isSuspect && $0.state.isAlive }
        let traced = lines.contains(where: \.isSuspect) || !isOneHost ? suspects : lines
        return traced.prefix(4).map(\.row.rank)
    }

    /// The table.
    package var text: String {
        let usual = stall.stepSeconds.map { "; a step takes \(Self.seconds($0))" } ?? ""
        var text =
            "stall: no progress for \(Self.seconds(stall.seconds)) in step \(Readable.count(stall.step))\(usual); the ranks of \(host):\n"
        let cells = [["rank", "process", "step", "phase", "for", "state of the process"]] + lines.map(cells)
        let widths = cells[0].indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
        for row in cells {
            let padded = zip(row, widths).map { $0.padded(to: $1) }
            text += "  " + padded.dropLast().joined(separator: "  ") + "  \(row[row.count - 1])\n"
        }
        return text + advice.map { "  \($0)\n" }.joined()
    }

    private func cells(_ line: Line) -> [String] {
        let row = line.row
        let age = now > row.since ? Double(now - row.since) * 1e-9 : 0
        return [
            "\(row.rank)", "\(row.process)", Readable.count(row.step), Self.phase(row), Self.seconds(age),
            line.state.text,
        ]
    }

    private var advice: [String] {
        var advice: [String] = []
        for line in lines where line.state == .stopped {
            advice.append("rank \(line.row.rank) is stopped; continue it with: kill -CONT \(line.row.process)")
        }
        if !others.isEmpty {
            let names = others.listed { "\($0.host) (\($0.ranks.count == 1 ? "rank" : "ranks") \($0.ranks.listed()))" }
            advice.append(
                "\(names): a host with a rank that does not wait says so itself; one that says nothing waits as well, or is stopped, dead or cut off"
            )
        }
        if let end = stall.endSeconds, end > stall.seconds {
            advice.append("without progress the job ends in \(Self.seconds(end - stall.seconds)) (watch.end_seconds)")
        }
        return advice
    }

    private static func phase(_ row: RankRow) -> String {
        switch row.phase {
        case .preparing: "preparing"
        case .loading: "waiting for data"
        case .forward: "forward"
        case .backward: "backward"
        case .exchange: "exchange" + (row.bucket.map { " of bucket \($0)" } ?? "")
        case .optimizer: "optimizer"
        case .evaluation: "evaluation"
        case .saving: "saving"
        case .other: "between steps"
        case .ended: "ended"
        }
    }

    /// A time in words.
    static func seconds(_ seconds: Double) -> String {
        seconds < 1 ? String(format: "%.3g ms", seconds * 1000) : String(format: "%.1f s", seconds)
    }
}
