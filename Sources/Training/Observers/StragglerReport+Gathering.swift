import Communication
import RunRecords

extension StragglerReport {
    /// The fewest steps that are judged.
    static let fewestSteps = 5

    /// The reports of all ranks, by rank; nil where there is one rank, or fewer than `fewestSteps` steps. *Collective.*
    static func gather(
        _ pace: StepPace, hostnames: [String], over communicator: any Communicator
    ) throws -> [StragglerReport]? {
        guard communicator.size > 1, pace.steps.count >= fewestSteps else { return nil }
        let own = pace.steps.flatMap { [Double($0.data), Double($0.computing)] }
        let all = try communicator.allGather(own).map { values in
            stride(from: 0, to: values.count, by: 2).map {
                StepPace.Step(data: Float(values[$0]), computing: Float(values[$0 + 1]))
            }
        }
        return reports(of: all, hostnames: hostnames)
    }

    /// The reports of ranks that took so long in each of the same steps.
    static func reports(of ranks: [[StepPace.Step]], hostnames: [String]) -> [StragglerReport] {
        let count = ranks.map(\.count).min() ?? 0
        var reports = ranks.indices.map {
            StragglerReport(
                rank: $0, host: hostnames[$0], timeByMedian: 0, shareSlowest: 0, milliseconds: 0, dataMilliseconds: 0)
        }
        for step in 0..<count {
            let times = ranks.map { Double($0[step].whole) }
            let sorted = times.sorted()
            let median = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
            for rank in ranks.indices {
                reports[rank].timeByMedian += (median > 0 ? times[rank] / median : 1) / Double(count)
                reports[rank].milliseconds += times[rank] / Double(count)
                reports[rank].dataMilliseconds += Double(ranks[rank][step].data) / Double(count)
            }
            if let slowest = times.indices.max(by: { times[$0] < times[$1] }) {
                reports[slowest].shareSlowest += 1 / Double(count)
            }
        }
        return reports
    }
}
