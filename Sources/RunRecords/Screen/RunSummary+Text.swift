import Foundation
import Messages

extension RunHeader {
    /// The header as an aligned block that ends with a line's end.
    package func text(isUnicode: Bool) -> String {
        let follows = shardsFollowRanks ? ", one for each rank (more ranks can resume it with more --shards)" : ""
        let batch = "\(Readable.count(globalBatch, of: "sample")) in \(Readable.count(shards, of: "shard"))\(follows)"
        let from = stepsDone > 0 ? ", resumed after step \(Readable.count(stepsDone))" : ""
        let more = [("learning rate", learningRate), ("gradients", gradients), ("exchange", exchange)].compactMap {
            name, text in
            text.map { (name, $0) }
        }
        return block(
            "Lockstep: \(recipe)",
            [
                ("model", "\(model), \(Readable.count(parameters)) parameters"),
                ("data", data),
            ] + dataNotes.map { ("", $0) } + [
                ("ranks", ranksText(ranks, threads, isUnicode) + (hosts > 1 ? " on \(hosts) hosts" : ""))
            ] + [cores, processors].compactMap { $0.map { ("", $0) } } + [
                ("global batch", batch),
                ("length", "\(lengthText)\(from)"),
            ] + more + [("run directory", runDirectory)] + notes.map { ("note", $0) })
    }
}

extension RunHeader {
    private var lengthText: String {
        let steps = Readable.count(steps, of: "step")
        return endsWithData
            ? "until the data end, at most \(steps)" : "\(Readable.count(epochs, of: "epoch")), \(steps)"
    }
}

extension RunSummary {
    /// The summary as an aligned block that ends with a line's end; what was not measured is left out.
    package func text(isUnicode: Bool) -> String {
        let memory = peakMemoryBytes.min().flatMap { least in
            peakMemoryBytes.max().map { most in
                let range = [least, most].map(Readable.memory)
                return (range[0] == range[1] ? range[0] : "\(range[0]) to \(range[1])") + " per rank"
            }
        }
        let waiting = communicationShare.map { Readable.percent($0, decimals: 1) + " of the time spent waiting" }
        let allocations = systemAllocations.map { Readable.count($0, of: "buffer") + " from the system after warm-up" }
        let gap = trainingLoss.map { trainingLoss in
            Readable.loss(trainingLoss) + (testLoss.map { Readable.gap($0 - trainingLoss) } ?? "")
        }
        let rows: [(String, String?)] = [
            ("test accuracy", testAccuracy.map { Readable.percent($0) }),
            ("test loss", testLoss.map(Readable.loss)),
        ]
        let scores: [(String, String?)] = ScreenMetrics.rows(testMetrics ?? [:])
        let metrics: [(String, String?)] = ScreenMetrics.rows(trainingMetrics ?? [:]).map {
            ("training \($0.name)", $0.value)
        }
        let course: [(String, String?)] = [
            ("best", bestText),
            ("stopped early", stoppedEarly),
            ("skipped", skippedSteps.map { Readable.count($0, of: "step") + " that were not finite" }),
            ("trained", "\(Readable.count(step, of: "step")), \(Readable.count(epoch, of: "epoch"))" + resumedText),
            ("time", timeText),
            ("throughput", samplesPerSecond > 0 ? "\(Readable.rate(samplesPerSecond)) samples/s" : nil),
            ("ranks", ranksText(ranks, threads, isUnicode)),
            ("communication", waiting),
            ("shards", shardsByRank.map { "by rank " + $0.listed { Readable.count($0) } + ", by their speed" }),
            ("pace", stragglers.flatMap(StragglerReport.text)),
            ("gradients", gradientsText),
            ("first step", secondsToFirstStep.map { String(format: "%.2f s after the start", $0) }),
            ("peak memory", memory),
            ("allocations", allocations),
            ("checkpoint", checkpoint),
            ("failed saves", failedSaves.map { "\(Readable.count($0)), made up for by later ones" }),
            ("results", runDirectory),
        ]
        return block(
            "Finished",
            (rows + scores + [("training loss", gap)] + metrics + course).compactMap { name, value in
                value.map { (name, $0) }
            })
    }
}

extension RunSummary {
    /// Which of the steps are those of this start; the figures below are.
    private var resumedText: String {
        guard let firstStep else { return "" }
        return firstStep > step
            ? ", none of them in this start" : ", from step \(Readable.count(firstStep)) on in this start"
    }

    /// The best evaluation, such as `f1_macro 0.9120 at step 300: runs/example/best`.
    private var bestText: String? {
        guard let bestStep else { return nil }
        let score = bestMetric.flatMap { name in bestScore.map { MetricName(name).description(of: $0) + " at " } }
        return (score ?? "after ") + "step \(Readable.count(bestStep)): \(runDirectory)/best"
    }

    private var timeText: String {
        let own = Readable.duration(seconds)
        if let runSeconds { return "\(own) in this start, \(Readable.duration(runSeconds)) in the whole run" }
        return firstStep == nil ? own : "\(own) in this start"
    }

    /// What has traveled in a step.
    private var gradientsText: String? {
        guard let sentBytes, let uncompressedBytes else { return nil }
        return compressionText(sent: sentBytes, uncompressed: uncompressedBytes)
    }
}

/// How many bytes all ranks send in a step, and how many they would.
package func compressionText(sent: Int, uncompressed: Int) -> String {
    let factor = sent > 0 ? String(format: "%.1f", Double(uncompressed) / Double(sent)) : "∞"
    return
        "\(Readable.count(sent, of: "byte")) sent per step, \(Readable.count(uncompressed)) without compression (\(factor) times)"
}

private func ranksText(_ ranks: Int, _ threads: Int, _ isUnicode: Bool) -> String {
    "\(Readable.count(ranks)) \(isUnicode ? "×" : "x") \(Readable.count(threads, of: "thread"))"
}
