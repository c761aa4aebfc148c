import Messages

extension StragglerReport {
    /// From here on a rank is called slow: so much by the median, and the last in so many of the steps.
    private static let slowTime = 1.1
    private static let slowShare = 0.7

    /// A summary over all ranks, in one line.
    package static func text(of reports: [StragglerReport]) -> String? {
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
}
