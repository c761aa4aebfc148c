/// Where the time of steps goes that many ranks take together, and why they are not faster.
///
/// All ranks leave a reduction together. From there to the end of the next reduction a rank updates its weights, waits for
/// data, computes, and waits for the others. The rank that waits least is the last: what it waits is the reduction itself,
/// and its own time, part by part, is the step's. So for each step, of its last rank L,
///
///     step = computing + packing + lateness of L + data of L + reduction
///
/// where computing is the mean over the ranks. A rank that is the last one in most steps is a straggler, else lateness is
/// imbalance. All times are means over the steps but the first, in milliseconds.
public struct LostTime: Codable, Sendable, Equatable {
    /// What makes steps longer than computing.
    public enum Cause: String, Codable, CodingKeyRepresentable, Sendable, CaseIterable {
        /// One rank computes longer than the others in most steps.
        case straggler
        /// Now one rank computes longer, now another.
        case imbalance
        /// The reduction was not hidden behind the backward pass.
        case communication
        /// Gradients are copied and added, and those of a host's ranks summed.
        case packing
        /// The next batch was not ready.
        case data
    }

    /// A step.
    public let step: Double
    /// Forward, backward, the optimizer and the rest, without packing; the mean over the ranks, or over those that are no
    /// stragglers.
    public let computing: Double
    /// What each cause adds; those that add nothing have 0.
    public let causes: [Cause: Double]
    /// The rank that was last in most steps; nil where there is none.
    public let straggler: Int?
    /// The straggler's host.
    public let stragglerHost: String?
    /// In what part of the steps each rank was the last.
    public let lastShares: [Double]
    /// How long each rank waited for data.
    public let dataWaits: [Double]
    /// How many hosts the ranks are on.
    public let hosts: Int

    /// The least part of the step that is worth a remedy.
    static let notable = 0.03

    /// The cause that adds most, unless it is too little to matter.
    public var mainCause: Cause? {
        causes.max { $0.value < $1.value }.flatMap { $0.value >= Self.notable * step ? $0.key : nil }
    }

    /// Of the steps of these ranks, by rank; all have as many, at least one.
    public init(_ ranks: [RankSteps]) {
        let steps = ranks.first?.milliseconds.count ?? 0
        // of the first one the update before it is not known
        let taken = (min(1, steps - 1)..<steps).map { step in Step(ranks.map { Interval($0, step) }) }
        let count = Double(taken.count)
        func mean(_ value: (Step) -> Double) -> Double { taken.reduce(0) { $0 + value($1) } / count }

        lastShares = ranks.indices.map { rank in mean { $0.last == rank ? 1 : 0 } }
        // halfway between chance and always
        let bound = (1 + 1 / Double(max(1, ranks.count))) / 2
        let straggler = ranks.count > 1 ? lastShares.firstIndex { $0 > bound } : nil
        self.straggler = straggler
        stragglerHost = straggler.map { ranks[$0].host }
        hosts = Set(ranks.map(\.host)).count
        dataWaits = ranks.indices.map { rank in mean { $0.intervals[rank].data } }

        step = mean(\.length)
        let lateOfStraggler = mean { $0.last == straggler ? $0.lateness(straggler: straggler) : 0 }
        let lateOfOthers = mean { $0.last == straggler ? 0 : $0.lateness(straggler: straggler) }
        let packing = mean(\.packing)
        computing = mean { $0.usualWork(straggler: straggler) } - packing
        causes = [
            .straggler: max(0, lateOfStraggler), .imbalance: max(0, lateOfOthers),
            .communication: max(0, mean { $0.intervals[$0.last].exposed }), .packing: packing,
            .data: mean { $0.intervals[$0.last].data },
        ]
    }

    /// What one rank does from one reduction to the next.
    private struct Interval {
        let length, data, exposed, packing: Double
        var work: Double { length - data - exposed }

        init(_ rank: RankSteps, _ step: Int) {
            // a step's figures begin after an update: from reduction to reduction it is the update before that counts
            let updateBefore = step > 0 ? rank.optimizer[step - 1] : rank.optimizer[step]
            length = rank.milliseconds[step] - rank.optimizer[step] + updateBefore
            (data, exposed) = (rank.data[step], rank.exposedCommunication[step])
            packing = rank.packing[step]
        }
    }

    /// One step of all ranks.
    private struct Step {
        let intervals: [Interval]
        /// The rank for which the others wait.
        let last: Int

        init(_ intervals: [Interval]) {
            self.intervals = intervals
            last = intervals.indices.min { intervals[$0].exposed < intervals[$1].exposed } ?? 0
        }

        var length: Double { intervals[last].length }
        var packing: Double { intervals.reduce(0) { $0 + $1.packing } / Double(intervals.count) }

        /// The mean work of the ranks; where a straggler was last, of the others.
        func usualWork(straggler: Int?) -> Double {
            let counted = intervals.indices.filter { $0 != straggler || last != straggler }
            return counted.reduce(0) { $0 + intervals[$1].work } / Double(counted.count)
        }

        func lateness(straggler: Int?) -> Double { intervals[last].work - usualWork(straggler: straggler) }
    }
}
