/// What a pass through a model holds of its parameters and running statistics, set aside while passes of others go on.
///
/// Several passes are then under way at once, of which one runs at a time.
package struct SuspendedPass {
    private let parameters: [(parameter: Parameter, leaf: Tensor?)]
    private let statistics: [(statistic: RunningStatistic, pass: RunningStatistic.Suspended)]

    /// Takes away from `parameters` what tracks them, and from `statistics` what they have recorded.
    package init(of parameters: [Parameter], _ statistics: [RunningStatistic]) {
        self.parameters = parameters.map { ($0, $0.suspendTracking()) }
        self.statistics = statistics.map { ($0, $0.suspend()) }
    }

    /// Gives it back.
    package func resume() {
        for (parameter, leaf) in parameters { parameter.resumeTracking(leaf) }
        for (statistic, pass) in statistics { statistic.resume(pass) }
    }
}
