import Foundation

extension ClusterProjection {
    /// The steps by hosts, and what they rest on.
    public var table: String {
        let bytes = cost.buckets.reduce(0) { $0 + $1.bytes }
        let sent =
            cost.exchangedPerSample.map {
                String(
                    format: "No gradients: %.0f bytes of each sample are exchanged, %.0f of %d samples in a step", $0,
                    $0 * Double(weakSamples), weakSamples)
            } ?? String(format: "%.2f MB of gradients in %d buckets", bytes * 1e-6, cost.buckets.count)
        let alone = cost.passes(Double(weakSamples)) + cost.update(Double(weakSamples))
        var lines = [
            sent + String(format: "; a rank alone takes %.3f ms for %d samples", 1e3 * alone, weakSamples),
            "",
            "                 weak scaling: \(weakSamples) samples per rank"
                .padding(toLength: 78, withPad: " ", startingAt: 0) + "strong scaling: \(strongBatch) samples",
            "hosts  ranks     step ms  communication  exposed  efficiency (with variation)"
                + "     step ms  exposed  efficiency (with variation)",
        ]
        for row in rows {
            let weak = row.weak
            var line = String(format: "%5d %6d ", row.hosts, row.ranks)
            line += String(format: "%11.3f %14.3f ", weak.step, weak.communication) + Self.tail(weak)
            if let strong = row.strong {
                line += String(format: " %11.3f ", strong.step) + Self.tail(strong)
            } else {
                line += "   more ranks than samples"
            }
            lines.append(line)
        }
        return (lines + ["", "This rests on:"] + assumptions.map { "- \($0)" }).joined(separator: "\n")
    }

    private static func tail(_ step: Step) -> String {
        String(
            format: "%8.3f %9.1f %% (%5.1f %%)    ", step.exposed, 100 * step.efficiency,
            100 * step.efficiencyWithVariation)
    }

    /// What is taken for granted, in words.
    public var assumptions: [String] {
        let cluster = cluster
        if let bytes = cost.exchangedPerSample { return exchangeAssumptions(bytes) }
        return [
            String(
                format:
                    "equal hosts of %d ranks that compute as fast as the one measured: %.3f ms + %.4f ms per sample for the passes, %.0f %% of it backward, and %.3f ms for the update and the rest",
                cluster.ranksPerHost, cost.fixed * 1e3, cost.perSample * 1e3, 100 * cost.backwardShare,
                cost.update * 1e3),
            "ranks of one host do not slow each other down: measure with as many ranks as a host will have (benchmark step --independent) to take their shared memory and caches in",
            String(
                format:
                    "a link of %.2f Gbit/s per host, each way at once and without contention within the network; latency %.2f µs; %.2f µs of a host for each message",
                cluster.bandwidth * 8e-9, cluster.latency * 1e6, cluster.overhead * 1e6),
            "within a host buckets are summed in shared memory, between hosts once per host: slices all-to-all, summed at "
                + String(format: "%.1f GB/s", cluster.summingRate * 1e-9)
                + ", then all-gather: 2 · ((H−1) · max(overhead, bytes/H/bandwidth) + latency) + bytes/rate for each bucket",
            "buckets leave one after the other, as early in the backward pass as measured (the ranks of a host speak in turn, so latencies may overlap more than this)",
            cluster.movingRate.map {
                String(
                    format:
                        "a core that moves bytes both ways at %.2f GB/s, which its rank does not compute in meanwhile",
                    $0 * 1e-9)
            } ?? "moving bytes takes nothing from computing: over TCP say with --moving-rate what it takes",
            "data is always ready; \"with variation\" adds the wait for the slowest rank, if the steps of all ranks vary independently as the measured ones did (more than that variation is not foreseen)",
        ]
    }

    /// What is taken for granted where ranks exchange `bytes` for each sample in place of gradients.
    private func exchangeAssumptions(_ bytes: Double) -> [String] {
        [
            String(
                format:
                    "equal hosts of %d ranks that compute as fast as the one measured: %.3f ms + %.4f ms per sample",
                cluster.ranksPerHost, cost.fixed * 1e3, cost.perSample * 1e3),
            String(
                format:
                    "every rank rebuilds the update from the numbers of all samples: %.4f ms + %.5f ms per sample of the global batch, which grows with the ranks in weak scaling (measured with one batch size it is taken to be in proportion)",
                cost.update * 1e3, cost.updatePerSample * 1e3),
            String(
                format:
                    "a link of %.2f Gbit/s per host, without contention within the network; latency %.2f µs; %.2f µs of a host for each message",
                cluster.bandwidth * 8e-9, cluster.latency * 1e6, cluster.overhead * 1e6),
            String(
                format:
                    "an exchange of %.0f bytes per sample and 24 per rank that nothing hides: 4 · ⌈log₂ R⌉ · (latency + overhead) + ranks per host · bytes · (H−1)/H / bandwidth; within one host it takes no time",
                bytes),
            "all samples take equally long, but for \"with variation\", which adds the wait for the slowest rank if the steps of all ranks vary independently as the measured ones did",
        ]
    }

    /// The figures as one JSON object, with sorted keys.
    public var json: String { get throws { try JSONText.encode(self) } }

    /// Efficiency over the ranks.
    public var plot: Plot {
        var panel = Plot.Panel(
            title: "Projected efficiency, \(cluster.ranksPerHost) ranks per host", x: "ranks", y: "% of ideal",
            settings: [
                "set logscale x 2", "set yrange [0:105]",
                "set xtics (\(rows.map { "\($0.ranks)" }.joined(separator: ", ")))",
                Plot.logarithmicRange(rows.map { Double($0.ranks) }),
            ])
        func line(_ title: String, _ style: Plot.Style, _ value: (Row) -> Double?) -> Plot.Line {
            Plot.Line(
                title: title, style: style,
                points: rows.compactMap { row in value(row).map { (Double(row.ranks), 100 * $0) } })
        }
        panel.lines = [
            line("weak scaling", .measured(0)) { $0.weak.efficiency },
            line("weak, with variation", .bound(0)) { $0.weak.efficiencyWithVariation },
            line("strong scaling", .measured(1)) { $0.strong?.efficiency },
            line("strong, with variation", .bound(1)) { $0.strong?.efficiencyWithVariation },
        ]
        return Plot(panels: [panel])
    }
}
