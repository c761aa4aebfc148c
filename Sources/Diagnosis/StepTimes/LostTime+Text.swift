import Foundation
import Messages

extension LostTime {
    /// A remedy for a cause, and what a step would take with it at best.
    public struct Remedy: Codable, Sendable, Equatable {
        /// What adds to the step.
        public let cause: Cause
        /// What it adds, in milliseconds.
        public let milliseconds: Double
        /// What to do.
        public let advice: String
        /// How long a step would take, in milliseconds.
        public let stepWithIt: Double
    }

    /// What can be done, the greatest gain first.
    public var remedies: [Remedy] {
        causes.filter { $0.value > 0 }.sorted { $0.value > $1.value }.map { cause, milliseconds in
            // A reduction of half the bytes, or half as often, takes half as long; the others can go altogether.
            let gain = cause == .communication ? milliseconds / 2 : milliseconds
            return Remedy(cause: cause, milliseconds: milliseconds, advice: advice(cause), stepWithIt: step - gain)
        }
    }

    private func advice(_ cause: Cause) -> String {
        switch cause {
        case .straggler:
            "free rank \(straggler ?? 0)'s core of other work, or leave \(stragglerHost ?? "its host") out"
        case .imbalance: "bind each rank to a core of its own, and keep other work away from the hosts"
        case .communication:
            hosts > 1
                ? "accumulate two batches per step, send half the bytes, or take a network twice as fast"
                : "accumulate two batches per step: on one host sums go through its memory, whose speed is what it is"
        case .packing: "give each rank one shard with a larger batch: sums of several are made by adding"
        case .data: "change the samples less, or give the loader a core of its own"
        }
    }

    /// What is said of a cause.
    private func title(_ cause: Cause) -> String {
        switch cause {
        case .straggler: "a straggler, rank \(straggler ?? 0)"
        case .imbalance: "imbalance"
        case .communication: "exposed communication"
        case .packing: "packing and summing"
        case .data: "waiting for data"
        }
    }

    /// The verdict in one sentence.
    public var sentence: String {
        guard let main = mainCause, let milliseconds = causes[main] else {
            return
                "nothing stands out: no cause takes more than \(Readable.percent(Self.notable, decimals: 0)) of the step"
        }
        let size = String(format: "%.2f ms, %.0f %% of the step", milliseconds, 100 * milliseconds / step)
        switch main {
        case .straggler:
            let share = Readable.percent(lastShares[straggler ?? 0], decimals: 0)
            return
                "the main cause is \(title(main)) on \(stragglerHost ?? "its host"): it comes last in \(share) of the steps and costs \(size)"
        case .imbalance: return "the main cause is imbalance: now one rank is late, now another, which costs \(size)"
        case .communication:
            return
                "the main cause is exposed communication: the reduction goes on for \(size) after the last rank is ready"
        case .packing: return "the main cause is packing: copying and summing gradients takes \(size)"
        case .data:
            let longest = dataWaits.indices.max { dataWaits[$0] < dataWaits[$1] } ?? 0
            return "the main cause is waiting for data: \(size), most of all on rank \(longest)"
        }
    }

    /// The parts of a step, the remedies, and the verdict.
    public var table: String {
        var lines = [
            "where a step goes             ms   of step   step with the remedy", row("computing", computing),
        ]
        for remedy in remedies {
            lines.append(
                row(title(remedy.cause), remedy.milliseconds)
                    + String(format: "%9.3f ms: ", remedy.stepWithIt) + remedy.advice)
        }
        return (lines + [sentence]).joined(separator: "\n")
    }

    private func row(_ name: String, _ milliseconds: Double) -> String {
        name.padded(to: 26) + String(format: "%8.3f %7.1f %%", milliseconds, 100 * milliseconds / step)
    }
}
