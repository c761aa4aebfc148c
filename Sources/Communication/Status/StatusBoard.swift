import CKernels
import Dispatch

/// What the ranks of a host say of themselves, side by side in memory that they share.
package final class StatusBoard: Sendable {
    /// This rank's own part.
    package let own: RankStatus
    // Where the segments begin; they live as long as `owner`.
    private nonisolated(unsafe) let segments: [UnsafeMutablePointer<UInt64>]
    private let owner: any AnyObject & Sendable

    private init(_ segments: [UnsafeMutablePointer<UInt64>], own: Int, rank: Int, owner: any AnyObject & Sendable) {
        (self.segments, self.owner) = (segments, owner)
        self.own = RankStatus(segments[own], owner: owner, rank: rank)
    }

    /// The board of the ranks of `host`; where these share no memory, one of this rank alone. *Collective.*
    /// - Parameter rank: this rank's number in the world.
    package static func make(over host: any Communicator, rank: Int) throws -> StatusBoard {
        let bytes = RankStatus.Word.allCases.count * MemoryLayout<UInt64>.stride
        if let memory = try SharedMemory.make(over: host, bytesPerRank: bytes) {
            let segments = memory.segments.map { $0.assumingMemoryBound(to: UInt64.self) }
            let board = StatusBoard(segments, own: host.rank, rank: rank, owner: memory)
            // until all have written theirs
            try host.barrier()
            return board
        }
        let words = OwnWords()
        return StatusBoard([words.start], own: 0, rank: rank, owner: words)
    }

    /// What each rank of the host says of itself, by rank. *Local.*
    package var rows: [RankRow] { segments.map { RankRow($0) }.sorted { $0.rank < $1.rank } }

    /// Asks the process of a rank of this host for its stack. *Local.*
    package func requestStack(of rank: Int) {
        for segment in segments where RankRow(segment).rank == rank {
            lockstep_store_release(
                segment + RankStatus.Word.stackRequest.rawValue, DispatchTime.now().uptimeNanoseconds)
        }
    }

    /// Words of one process.
    private final class OwnWords: Sendable {
        nonisolated(unsafe) let start: UnsafeMutablePointer<UInt64>

        init() {
            start = .allocate(capacity: RankStatus.Word.allCases.count)
            start.initialize(repeating: 0, count: RankStatus.Word.allCases.count)
        }

        deinit { start.deallocate() }
    }
}

/// What a rank says of itself at one moment.
package struct RankRow: Sendable, Equatable {
    /// Its number in the world.
    package var rank: Int
    /// Its process, as it knows itself, and when that began, in the system's ticks since boot.
    package var process: Int32
    package var processStart: UInt64
    /// What its training thread does, and since when in nanoseconds.
    package var phase: RankPhase
    package var step: Int
    package var since: UInt64
    /// The bucket that is exchanged; nil where none is.
    package var bucket: Int?
    /// When anything of it last changed.
    package var lastChange: UInt64

    package init(
        rank: Int, process: Int32 = 0, processStart: UInt64 = 0, phase: RankPhase, step: Int, since: UInt64,
        bucket: Int? = nil
    ) {
        (self.rank, self.process, self.processStart) = (rank, process, processStart)
        (self.phase, self.step, self.since, self.bucket) = (phase, step, since, bucket)
        lastChange = since
    }

    init(_ words: UnsafeMutablePointer<UInt64>) {
        func word(_ word: RankStatus.Word) -> UInt64 { lockstep_load_acquire(words + word.rawValue) }
        let main = RankStatus.Content(rawValue: word(.main))
        let background = RankStatus.Content(rawValue: word(.communication))
        self.init(
            rank: Int(word(.rank)), process: Int32(truncatingIfNeeded: word(.process)),
            processStart: word(.processStart), phase: main.phase, step: main.step, since: word(.mainSince))
        if main.phase == .exchange { bucket = background.phase == .exchange ? background.bucket : main.bucket }
        lastChange = max(since, word(.communicationSince))
    }
}
