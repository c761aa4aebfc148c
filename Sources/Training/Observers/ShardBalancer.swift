import Communication
import DataParallel
import Messages
import RunRecords
import Settings

/// Deals the shards anew where ranks compute them at unlike speeds: hosts with other processors, or with other load.
///
/// A shard's time on a rank is the median over the steps since the last measurement; which rank has it changes no bit.
final class ShardBalancer: RunObserver {
    private let context: RunContext
    private let learners: [Learner]
    private let source: (any ShardedSource)?
    private let hosts: HostMap
    private let every: Int
    /// Milliseconds of forward and backward of a shard, in each step since the last measurement.
    private var times: [Double] = []
    private var hasDealt = false

    /// Steps after dealing that are not measured: memory is taken anew.
    private static let warmUp = 5
    /// The least gain that is worth dealing anew, as a part of the time of a step's passes.
    private static let leastGain = 0.05

    /// The balancer that the settings ask for; nil for none, or where there is nothing to choose.
    init?(_ context: RunContext, _ learners: [Learner], _ source: (any ShardedSource)?, _ setup: RunSetup) {
        let size = context.communicator.size
        guard setup.settings.balance.mode == .automatic, size > 1, setup.plan.shards > size else { return nil }
        (self.context, self.learners, self.source) = (context, learners, source)
        (hosts, every) = (setup.hosts, setup.settings.balance.every)
    }

    func check() throws {
        guard source == nil || !learners.allSatisfy(\.dataParallel.canDeal) else { return }
        throw context.communicator.agreedFailure(FixedShards())
    }

    func stepDidEnd(_ step: CompletedStep) throws {
        let phases = step.outcome.phases
        let own = learners[0].dataParallel.localShards.count
        times.append((phases.forward + phases.backward) / Double(own))
        guard times.count >= every + Self.warmUp else { return }
        defer { times = [] }
        let measured = times.dropFirst(Self.warmUp).sorted()
        let median = max(measured[measured.count / 2], 1e-6)
        let all = try context.communicator.allGather([median]).map { $0[0] }
        try deal(all)
    }

    func summarize(_ summary: inout RunSummary) {
        guard hasDealt else { return }
        let plan = learners[0].dataParallel.plan
        summary.shardsByRank = (0..<plan.ranks).map { plan.run(of: $0).count }
    }

    /// Deals the shards by the times that each rank needs for one. *Collective.*
    private func deal(_ times: [Double]) throws {
        let plan = learners[0].dataParallel.plan
        let speeds = times.map { 1 / $0 }
        let better = try ShardPlan(shards: plan.shards, ranks: plan.ranks, hosts: hosts, speeds: speeds)
        func longest(_ plan: ShardPlan) -> Double {
            times.enumerated().map { Double(plan.run(of: $0).count) * $1 }.max() ?? 0
        }
        guard longest(better) <= (1 - Self.leastGain) * longest(plan) else { return }
        for learner in learners { try learner.dataParallel.deal(better) }
        source?.deal(better.run(of: context.communicator.rank))
        context.clock.warmUpAgain()
        hasDealt = true
        let counts = (0..<plan.ranks).listed { Readable.count(better.run(of: $0).count) }
        context.record?.log.message(
            "balance: shards by rank now \(counts); the slowest rank's part of a step from \(Readable.significant(longest(plan))) ms to \(Readable.significant(longest(better))) ms"
        )
    }
}

/// The shards of a run stay with their ranks.
struct FixedShards: Error, CustomStringConvertible {
    var description: String {
        "balance.mode automatic deals shards to other ranks, and this run's shards exchange values or are made by a source that can't deal them; set balance.mode to off or fixed"
    }
}
