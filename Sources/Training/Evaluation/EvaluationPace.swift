import Communication
import DataParallel

/// When the ranks ask each other, between the blocks of an evaluation, whether to abandon it: about once a second.
///
/// All ranks ask after the same blocks, whose number follows from the time that the slowest rank takes for one.
struct EvaluationPace {
    private let communicator: any Communicator
    private let requests: () -> StepRequests
    /// The block, counted on every rank from 1, after which they ask.
    private var next = 1
    private var last = 0
    private var stopwatch = Stopwatch()

    init(_ communicator: any Communicator, _ requests: @escaping () -> StepRequests) {
        (self.communicator, self.requests) = (communicator, requests)
    }

    /// Throws `EvaluationAbandoned` on every rank where one asks to stop. *Collective*, after block `number` of each rank.
    mutating func blockDidEnd(_ number: Int) throws {
        guard number == next else { return }
        let milliseconds = stopwatch.lap() / Double(next - last)
        let all = try communicator.allGather([Double(requests().rawValue), milliseconds])
        let asked = all.reduce(into: StepRequests()) { $0.formUnion(StepRequests(rawValue: UInt8($1[0]))) }
        if let signal = asked.signal { throw EvaluationAbandoned(signal: signal) }
        let slowest = max(all.map { $0[1] }.max() ?? 0, 0.001)
        (last, next) = (number, number + max(1, Int(1000 / slowest)))
    }
}

/// An evaluation that all ranks have abandoned because of a signal.
struct EvaluationAbandoned: Error {
    let signal: ProcessSignal
}
