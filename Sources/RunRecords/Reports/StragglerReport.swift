/// How the pace of a rank compares with that of the others: the time until its gradients were ready in each step.
public struct StragglerReport: Codable, Sendable, Equatable {
    /// The rank.
    public var rank: Int
    /// The name of its host.
    public var host: String
    /// Mean over the steps of the ratio of its time to the median over the ranks.
    public var timeByMedian: Double
    /// The share of steps in which it was the slowest.
    public var shareSlowest: Double
    /// Its mean time from the end of the previous step until its gradients were ready, in milliseconds.
    public var milliseconds: Double
    /// How much of that was waiting for data.
    public var dataMilliseconds: Double

    /// The pace of rank `rank` on `host`.
    package init(
        rank: Int, host: String, timeByMedian: Double, shareSlowest: Double, milliseconds: Double,
        dataMilliseconds: Double
    ) {
        (self.rank, self.host, self.timeByMedian) = (rank, host, timeByMedian)
        (self.shareSlowest, self.milliseconds, self.dataMilliseconds) = (shareSlowest, milliseconds, dataMilliseconds)
    }

    private enum CodingKeys: String, RecordKey {
        case rank, host
        case timeByMedian = "time_by_median"
        case shareSlowest = "share_slowest"
        case milliseconds = "ms"
        case dataMilliseconds = "data_ms"

        var isRounded: Bool { self != .rank && self != .host }
    }
}
