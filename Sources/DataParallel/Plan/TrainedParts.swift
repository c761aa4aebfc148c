public import TensorEngine

/// The parameters and running statistics of an arena that are not frozen, in their order.
public struct TrainedParts {
    /// The parameters.
    public let parameters: [Parameter]
    /// The running statistics.
    public let statistics: [RunningStatistic]
    /// Where the parameters, and behind them the statistics with their counts, lie in a gradient buffer.
    let ranges: [Range<Int>]

    /// What `groups` does not freeze of `arena`.
    public init(of arena: ParameterArena, _ groups: ParameterGroups = ParameterGroups()) {
        let parameters = arena.parameters.indices.filter {
            !groups.isFrozen(arena.names[$0], arena.parameters[$0].shape)
        }
        let statistics = arena.statistics.indices.filter {
            !groups.isFrozen(arena.statisticNames[$0], arena.statistics[$0].shape)
        }
        self.parameters = parameters.map { arena.parameters[$0] }
        self.statistics = statistics.map { arena.statistics[$0] }
        ranges =
            parameters.map { arena.ranges[$0] }
            + statistics.map { arena.statisticRanges[$0].lowerBound..<(arena.statisticRanges[$0].upperBound + 1) }
    }
}
