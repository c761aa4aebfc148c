import CKernels
import Dispatch
import Glibc

/// What a rank says of itself, in memory that the ranks of its host share: step, phase, and since when.
///
/// A change is two stores and a look at the clock. Two threads write, each its own part.
package final class RankStatus: Sendable {
    /// The words of a rank's segment, 64 bits each.
    enum Word: Int, CaseIterable {
        case rank, process, processStart
        /// Of the thread that trains: step, phase and bucket in one; and the nanoseconds since when, by CLOCK_MONOTONIC.
        case main, mainSince
        /// The same of the thread that communicates meanwhile.
        case communication, communicationSince
        /// When its stack was asked for.
        case stackRequest
    }

    // A segment of `board`, whose only writer is this object, except for `stackRequest`.
    private nonisolated(unsafe) let words: UnsafeMutablePointer<UInt64>
    private let owner: any AnyObject & Sendable

    init(_ words: UnsafeMutablePointer<UInt64>, owner: any AnyObject & Sendable, rank: Int) {
        (self.words, self.owner) = (words, owner)
        store(.rank, UInt64(rank))
        store(.process, UInt64(getpid()))
        store(.processStart, ProcessState.start(of: getpid()) ?? 0)
        set(.preparing, step: 0)
    }

    private func store(_ word: Word, _ value: UInt64) { lockstep_store_release(words + word.rawValue, value) }

    /// Says that the training thread begins a phase of step `step`. *Local.*
    package func set(_ phase: RankPhase, step: Int) {
        write(Content(phase: phase, step: step, bucket: 0), .main, .mainSince)
    }

    /// Says that the training thread begins another phase of the same step. *Local.*
    package func set(_ phase: RankPhase, bucket: Int = 0) {
        let before = Content(rawValue: words[Word.main.rawValue])
        write(Content(phase: phase, step: before.step, bucket: bucket), .main, .mainSince)
    }

    /// Says that the thread that communicates while another computes begins with a bucket; nil: that it is idle. *Local.*
    package func setBackground(bucket: Int?) {
        let content = bucket.map { Content(phase: .exchange, step: 0, bucket: $0).rawValue } ?? 0
        store(.communicationSince, DispatchTime.now().uptimeNanoseconds)
        store(.communication, content)
    }

    private func write(_ content: Content, _ word: Word, _ since: Word) {
        // the time first: who reads in between takes the old phase for younger than it is
        store(since, DispatchTime.now().uptimeNanoseconds)
        store(word, content.rawValue)
    }

    /// Step, phase and bucket in 64 bits.
    struct Content {
        let rawValue: UInt64
        var phase: RankPhase { RankPhase(rawValue: UInt8(rawValue & 0xff)) ?? .other }
        var bucket: Int { Int(rawValue >> 8 & 0xffff) }
        var step: Int { Int(rawValue >> 24) }

        init(rawValue: UInt64) { self.rawValue = rawValue }

        init(phase: RankPhase, step: Int, bucket: Int) {
            rawValue = UInt64(phase.rawValue) | UInt64(min(bucket, 0xffff)) << 8 | UInt64(step) << 24
        }
    }

    /// Whether another process has asked for this one's stack in the last seconds; answers once. *Local.*
    package func takeStackRequest() -> Bool {
        let request = words + Word.stackRequest.rawValue
        let asked = lockstep_load_acquire(request)
        guard asked > 0 else { return false }
        lockstep_store_release(request, 0)
        // a process that was stopped meanwhile answers too late
        return DispatchTime.now().uptimeNanoseconds < asked + 5_000_000_000
    }
}
