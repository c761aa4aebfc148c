import Foundation

extension AllreduceBenchmark {
    /// The header of the table.
    public static func heading(ranks: Int, reference: String?) -> String {
        "Sums of gradients over \(ranks) ranks, as one bucket that lies where training puts it; medians of the slowest rank\n"
            + "    bytes  path              median ms   least ms   algorithm GB/s   bus GB/s   of memcpy"
            + (reference.map { "   × " + $0 } ?? "")
    }

    /// The footer of the table: the paths that are not possible here.
    public var notes: String {
        leftOut.sorted { $0.key < $1.key }.map { "left out: \($0.key): \($0.value)" }.joined(separator: "\n")
    }

    /// The figures as one JSON object, with sorted keys.
    public var json: String { get throws { try JSONText.encode(self) } }

    /// Bandwidth over size, one line for each way.
    public var plot: Plot {
        var paths: [String] = []
        for row in rows where !paths.contains(row.path) { paths.append(row.path) }
        var panel = Plot.Panel(
            title: "Allreduce, \(ranks) ranks on \(hosts) host\(hosts == 1 ? "" : "s")", x: "size of the gradients",
            y: "algorithm bandwidth, GB/s")
        let sizes = Set(rows.map(\.bytes)).sorted()
        let ticks = sizes.map { "'\(ByteCount.text($0))' \($0)" }.joined(separator: ", ")
        panel.settings = [
            "set logscale x 2", "set logscale y 10", "set xtics (\(ticks))",
            Plot.logarithmicRange(sizes.map(Double.init)),
        ]
        for (place, path) in paths.enumerated() {
            panel.lines.append(
                Plot.Line(
                    title: path.replacing("_", with: " "), style: .measured(place),
                    points: rows.filter { $0.path == path }.map { (Double($0.bytes), $0.algorithmBandwidth) }))
        }
        // memcpy by its share
        if let path = paths.first {
            panel.lines.append(
                Plot.Line(
                    title: "memcpy by all ranks at once", style: .bound(nil),
                    points: rows.filter { $0.path == path }.map {
                        (Double($0.bytes), $0.algorithmBandwidth / $0.shareOfCopy)
                    }))
        }
        return Plot(panels: [panel])
    }
}

extension AllreduceBenchmark.Row {
    /// The row as a line of a table, under `AllreduceBenchmark.heading`.
    public var line: String {
        let size = ByteCount.text(bytes)
        return String(repeating: " ", count: max(0, 9 - size.count)) + size + "  "
            + path.padding(toLength: 17, withPad: " ", startingAt: 0)
            + String(
                format: "%10.4f %10.4f %16.2f %10.2f ", milliseconds, leastMilliseconds, algorithmBandwidth,
                busBandwidth)
            + String(format: "%9.0f %%", 100 * shareOfCopy) + (ratio.map { String(format: "%10.2f", $0) } ?? "")
    }
}
