import Communication
package import DataParallel
import Foundation
import Messages

/// Finds out, in the first steps of a run, how large buckets of gradients are best and whether they should travel during the
/// backward pass. These steps train as any other: buckets change no bit.
package struct BucketTuning {
    private typealias Buckets = DataParallelStep.Buckets
    private let candidates: [DataParallelStep.Buckets]
    /// By candidate.
    private var milliseconds: [[Double]]
    private var taken = 0

    /// The first steps make primitives and fill pools.
    private static let settlingSteps = 5
    /// Each candidate is tried so often, in turn, for so many steps, of which the first is not counted: it touches new memory.
    private static let (rounds, stepsOfVisit) = (2, 4)
    /// A candidate must be better than the buckets that are there by this share, and by more than the visits differ.
    private static let leastGain = 0.03

    /// A search beside `buckets`, of which the run begins with; nil where there is nothing to choose.
    /// - Parameter bytes: of all gradients.
    package init?(_ buckets: DataParallelStep.Buckets, path: ReductionPath, bytes: Int) {
        var candidates = [buckets]
        for kibibytes in [256, 1024, 4096, 16384] where kibibytes * 1024 < bytes {
            candidates.append(Buckets(bytes: kibibytes * 1024, overlap: buckets.overlap))
        }
        candidates.append(Buckets(bytes: bytes, overlap: buckets.overlap && path == .sharedMemory))
        self.candidates = candidates.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        milliseconds = self.candidates.map { _ in [] }
        if self.candidates.count < 2 { return nil }
    }

    /// How many steps it takes.
    var length: Int { Self.settlingSteps + Self.rounds * candidates.count * Self.stepsOfVisit }

    /// The candidate of the coming step and its place in its visit; nil when all have been tried.
    private var visit: (candidate: Int, place: Int)? {
        if taken < Self.settlingSteps { return (0, 0) }
        let (number, place) = (taken - Self.settlingSteps).quotientAndRemainder(dividingBy: Self.stepsOfVisit)
        return number < Self.rounds * candidates.count ? (number % candidates.count, place) : nil
    }

    /// The buckets of the coming step; nil when all have been tried.
    var next: DataParallelStep.Buckets? { visit.map { candidates[$0.candidate] } }

    /// Takes in how long that step has taken.
    mutating func took(_ time: Double) {
        if let visit, visit.place > 0 { milliseconds[visit.candidate].append(time) }
        taken += 1
    }

    /// The best buckets, for the slowest rank, and what is to be said. *Collective.*
    func decide(over communicator: any Communicator) throws -> (DataParallelStep.Buckets, text: String) {
        let all = try communicator.allGather(milliseconds.map { Self.median($0) } + [noise])
        let times = milliseconds.indices.map { candidate in all.map { $0[candidate] }.max() ?? 0 }
        let (chosen, text) = choose(times, noise: all.compactMap(\.last).max() ?? 0)
        return (candidates[chosen], text)
    }

    /// The fastest candidate, unless it is faster than the buckets that are there by no more than the noise; and what is to be said.
    package func choose(_ times: [Double], noise: Double) -> (candidate: Int, text: String) {
        let best = times.indices.min { times[$0] < times[$1] } ?? 0
        let bound = max(Self.leastGain, noise)
        let chosen = times[best] < times[0] * (1 - bound) ? best : 0
        let others = times.indices.filter { $0 != chosen }.map { "\(name($0)) \(Self.text(times[$0]))" }
        let reason =
            chosen == best
            ? ""
            : ", kept: none is faster by more than \(Readable.percent(bound, decimals: 0)), the noise of these steps"
        return (
            chosen,
            "autotune: \(name(chosen)), \(Self.text(times[chosen])) ms per step\(reason) (\(others.joined(separator: "; ")))"
        )
    }

    /// By what part the visits of a candidate differ, of the candidate in the middle.
    private var noise: Double {
        let perVisit = Self.stepsOfVisit - 1
        return Self.median(
            milliseconds.map { times in
                let visits = stride(from: 0, to: times.count, by: perVisit).map {
                    Self.median(Array(times[$0..<min($0 + perVisit, times.count)]))
                }
                guard let least = visits.min(), let most = visits.max(), most > 0 else { return 0 }
                return (most - least) / most
            })
    }

    private static func median(_ values: [Double]) -> Double {
        values.isEmpty ? 0 : values.sorted()[values.count / 2]
    }

    private static func text(_ milliseconds: Double) -> String { String(format: "%.4g", milliseconds) }

    private func name(_ candidate: Int) -> String {
        let buckets = candidates[candidate]
        let size = buckets.bytes < 1 << 20 ? "\(buckets.bytes / 1024) KiB" : Readable.memory(buckets.bytes)
        return "buckets of \(size)" + (buckets.overlap == candidates[0].overlap ? "" : " after the backward pass")
    }
}
