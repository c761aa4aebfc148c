import Communication

/// How a rank's pace was beside the others': when its gradients were ready in each step.
public struct StragglerReport: Codable, Sendable, Equatable {
    /// The rank.
    public var rank: Int
    /// The name of its host.
    public var host: String
    /// Mean over the steps of its time by the median of all ranks' times.
    public var timeByMedian: Double
    /// The share of steps in which it was the last.
    public var shareSlowest: Double
    /// Its mean time from the end of the step before until its gradients were ready, in milliseconds.
    public var milliseconds: Double
    /// How much of that it waited for data.
    public var dataMilliseconds: Double

    private enum CodingKeys: String, CodingKey {
        case rank, host
        case timeByMedian = "time_by_median"
        case shareSlowest = "share_slowest"
        case milliseconds = "ms"
        case dataMilliseconds = "data_ms"
    }

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

    /// From here on a rank is called slow: so much by the median, and the last in so many of the steps.
    private static let slowTime = 1.1
    private static let slowShare = 0.7

    /// What is to be said of all ranks, in one line.
    static func text(of reports: [StragglerReport]) -> String? {
        guard let slowest = reports.max(by: { $0.shareSlowest < $1.shareSlowest }) else { return nil }
        let share = Readable.percent(slowest.shareSlowest, decimals: 0)
        let figures = "slowest in \(share) of steps, \(slowest.timeByMedian.shortened) times the median"
        guard slowest.timeByMedian >= slowTime && slowest.shareSlowest >= slowShare else {
            return "even: no rank holds up the others (rank \(slowest.rank) was \(figures))"
        }
        let typical = reports.map(\.dataMilliseconds).sorted()[(reports.count - 1) / 2]
        let lost = slowest.milliseconds * (1 - 1 / slowest.timeByMedian)
        let cause = slowest.dataMilliseconds - typical > lost / 2 ? ", most of it waiting for data" : ""
        return "rank \(slowest.rank) (\(slowest.host)) was \(figures)\(cause)"
    }

    /// The report as a JSON object.
    var json: String {
        jsonLine([
            "rank": .whole(rank), "host": .text(host), "time_by_median": .rounded(timeByMedian),
            "share_slowest": .rounded(shareSlowest), "ms": .rounded(milliseconds),
            "data_ms": .rounded(dataMilliseconds),
        ])
    }
}
