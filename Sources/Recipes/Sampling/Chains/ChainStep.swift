import Communication
import Datasets
import Probability
import TensorEngine
import Training

/// One step of all chains: each rank moves those of its shards, and all ranks get their states and draws.
final class ChainStep: StepRule {
    let learners: [Learner]
    private let store: ChainStore
    private let positions: Parameter
    private let communicator: any Communicator

    init(_ store: ChainStore, _ positions: Parameter, learner: Learner, communicator: any Communicator) {
        (self.store, self.positions, self.communicator) = (store, positions, communicator)
        learners = [learner]
    }

    var persistents: [any Persistent] { [store] }

    var exchange: StepExchange? {
        let size = "the states and draws of \(store.summary)"
        return StepExchange(
            communicator.size == 1
                ? "\(size), on one rank: nothing is sent" : "\(size), gathered from the ranks in each step")
    }

    var followsOptimizer: Bool { false }

    func take(_ step: Step<LoadedStep<[Int]>>) throws -> StepOutcome {
        let own = step.work.batches.flatMap { $0 ?? [] }
        let reports = try communicator.agree("moving the chains") {
            try own.flatMap { try store.advance(chain: $0).numbers }
        }
        var moved: [ChainReport] = []
        for numbers in try communicator.allGather(reports) { moved += ChainReport.all(numbers) }
        moved.sort { $0.chain < $1.chain }
        store.accept(moved)
        // all ranks, which may share this memory, write the same numbers
        positions.assign(store.positions)

        let count = Double(moved.count)
        var outcome = StepOutcome(
            loss: LossSum(sum: moved.reduce(0) { $0 - $1.logDensity }, count: count),
            learningRate: nil)
        let iterations = moved.reduce(0) { $0 + $1.iterations }
        outcome.metrics = [
            NamedSum("step_size", sum: moved.reduce(0) { $0 + $1.stepSize }, count: count),
            NamedSum("acceptance", sum: moved.reduce(0) { $0 + $1.acceptance }, count: iterations),
            NamedSum("leapfrog_steps", sum: moved.reduce(0) { $0 + $1.steps }, count: iterations),
            NamedSum("tree_depth", sum: moved.reduce(0) { $0 + $1.depth }, count: iterations),
            NamedSum("divergent", sum: moved.reduce(0) { $0 + $1.divergences }, count: iterations),
        ]
        return outcome
    }
}

/// What a chain has done in a step, as numbers for the other ranks.
struct ChainReport {
    let chain: Int
    var logDensity = 0.0, stepSize = 0.0
    /// Iterations, and sums over them.
    var iterations = 0.0, acceptance = 0.0, steps = 0.0, depth = 0.0, divergences = 0.0
    /// Divergences after the warm-up.
    var lateDivergences = 0.0
    var saved: [Double] = []
    /// The draws after the warm-up, one after the other.
    var draws: [Double] = []

    init(chain: Int) { self.chain = chain }

    /// All of it, with the lengths of both lists.
    var numbers: [Double] {
        [
            Double(chain), logDensity, stepSize, iterations, acceptance, steps, depth, divergences, lateDivergences,
            Double(saved.count), Double(draws.count),
        ] + saved + draws
    }

    /// The reports that `numbers` are.
    static func all(_ numbers: [Double]) -> [ChainReport] {
        var (reports, rest): ([ChainReport], ArraySlice<Double>) = ([], numbers[...])
        while rest.count >= 11 {
            let head = Array(rest.prefix(11))
            rest = rest.dropFirst(11)
            var report = ChainReport(chain: Int(head[0]))
            (report.logDensity, report.stepSize, report.iterations) = (head[1], head[2], head[3])
            (report.acceptance, report.steps, report.depth) = (head[4], head[5], head[6])
            (report.divergences, report.lateDivergences) = (head[7], head[8])
            report.saved = Array(rest.prefix(Int(head[9])))
            rest = rest.dropFirst(Int(head[9]))
            report.draws = Array(rest.prefix(Int(head[10])))
            rest = rest.dropFirst(Int(head[10]))
            reports.append(report)
        }
        return reports
    }
}
