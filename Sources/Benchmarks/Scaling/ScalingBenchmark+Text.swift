import Foundation
import Diagnosis

extension ScalingBenchmark {
    /// The figures and the verdicts, as a table.
    public var table: String {
        var lines = ["\(recipe): \(model)"]
        for mode in ScalingPlan.Mode.allCases {
            let points = points.filter { $0.mode == mode }
            guard let first = points.first else { continue }
            lines += [
                "",
                mode == .strong
                    ? "strong scaling: the global batch stays \(first.globalBatch)"
                    : "weak scaling: each rank's batch stays \(first.globalBatch / first.ranks)",
                "ranks   batch    step ms    samples/s  speedup  efficiency  bound of the machine  share of it",
            ]
            lines += points.map(Self.row)
            lines += points.compactMap(Self.balancedRow)
            for point in points where point.ranks > 1 { lines.append("\(point.ranks) ranks: \(point.verdict)") }
            if let last = points.last, last.ranks > 1 {
                lines += ["", "on \(last.ranks) ranks, \(last.lostTime.table)"]
            }
        }
        lines += [
            "",
            "The bound is the speedup of as many independent processes, each with the part of one rank, at the same time.",
        ]
        return lines.joined(separator: "\n")
    }

    /// What dealing shards by speed gains.
    private static func balancedRow(_ point: Point) -> String? {
        guard let balanced = point.balanced else { return nil }
        let speeds = balanced.speeds.prefix(10).map(String.init).joined(separator: " : ")
        return String(
            format:
                "%5d %7d %10.3f %12.0f  with shards by speed (%@): %.1f %% of the sum of the speeds, %.1f %% without",
            point.ranks, point.globalBatch, balanced.stepMilliseconds, balanced.samplesPerSecond,
            speeds + (balanced.speeds.count > 10 ? " …" : ""), 100 * balanced.shareOfSum, 100 * point.shareOfBound)
    }

    private static func row(_ point: Point) -> String {
        String(
            format: "%5d %7d %10.3f %12.0f %8.2f %9.1f %% %21.2f %11.1f %%", point.ranks, point.globalBatch,
            point.stepMilliseconds, point.samplesPerSecond, point.speedup, 100 * point.efficiency,
            point.boundSpeedup, 100 * point.shareOfBound)
    }

    /// The figures as one JSON object, with sorted keys.
    public var json: String { get throws { try JSONText.encode(self) } }

    /// Speedup and efficiency over the ranks, with what would be ideal and what bounds it.
    public var plot: Plot {
        let ranks = Set(points.map(\.ranks)).sorted()
        let ticks = "set xtics (" + ranks.map { "'\($0)' \($0)" }.joined(separator: ", ") + ")"
        let range = "set xrange [\(Double(ranks.first ?? 1) * 0.9):\(Double(ranks.last ?? 1) * 1.05)]"
        var speedups = Plot.Panel(
            title: "Speedup: \(recipe), \(model)", x: "ranks", y: "throughput, in that of one rank",
            settings: [ticks, range, "set yrange [0:*]"])
        var efficiencies = Plot.Panel(
            title: "Efficiency", x: "ranks", y: "% of ideal",
            settings: [ticks, range, "set yrange [0:115]"])
        speedups.lines.append(.init(title: "ideal", style: .ideal, points: ranks.map { (Double($0), Double($0)) }))
        efficiencies.lines.append(.init(title: "ideal", style: .ideal, points: ranks.map { (Double($0), 100) }))
        for (place, mode) in ScalingPlan.Mode.allCases.enumerated() {
            let own = points.filter { $0.mode == mode }
            guard !own.isEmpty else { continue }
            func line(_ title: String, _ style: Plot.Style, _ y: (Point) -> Double) -> Plot.Line {
                Plot.Line(title: title, style: style, points: own.map { (Double($0.ranks), y($0)) })
            }
            speedups.lines += [
                line("\(mode.rawValue) scaling", .measured(place), \.speedup),
                line("bound of the machine, \(mode.rawValue)", .bound(place), \.boundSpeedup),
            ]
            efficiencies.lines += [
                line("\(mode.rawValue) scaling", .measured(place)) { 100 * $0.efficiency },
                line("bound of the machine, \(mode.rawValue)", .bound(place)) {
                    100 * $0.boundSpeedup / Double($0.ranks)
                },
            ]
        }
        return Plot(panels: [speedups, efficiencies])
    }
}
