import Foundation
import RunRecords

/// The position of each record of a run on the axes of its curves: steps, epochs, and hours of training.
struct RunClock {
    private let samples: [(step: Int, samples: Int)]
    /// Samples of an epoch, as far as the records tell: a step of epoch e has consumed at most e times as many.
    private let epochSamples: Double

    init(_ steps: [StepReport]) {
        samples = [(0, 0)] + steps.map { ($0.step, $0.samples) }
        epochSamples = steps.map { Double($0.samples) / Double(max(1, $0.epoch)) }.max() ?? 0
    }

    /// The epochs that are done after `step` steps, with a fraction; nil where that is not known.
    func epochs(afterSteps step: Int) -> Double? {
        guard epochSamples > 0, samples.count > 1 else { return nil }
        var (low, high) = (0, samples.count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if samples[middle].step <= step { low = middle } else { high = middle }
        }
        let (from, to) = (samples[low], samples[high])
        guard to.step > from.step else { return Double(to.samples) / epochSamples }
        let share = Double(step - from.step) / Double(to.step - from.step)
        return (Double(from.samples) + share * Double(to.samples - from.samples)) / epochSamples
    }

    /// The seconds of the run at each of its records, without the time between its starts; nil where a record has no time.
    static func seconds(_ history: RunHistory) -> [Double]? {
        let times = history.records.compactMap(\.time)
        guard times.count == history.records.count, let first = times.first else { return nil }
        let start = history.manifest?.starts.first.flatMap { try? Date($0.started, strategy: .iso8601) }
        var seconds: [Double] = []
        var (total, last) = (0.0, start.map { min($0, first) } ?? first)
        for (record, time) in zip(history.records, times) {
            // between the last record of a start and the next start nothing was trained
            if case .resume = record.record {} else { total += max(0, time.timeIntervalSince(last)) }
            last = time
            seconds.append(total)
        }
        return seconds
    }
}
