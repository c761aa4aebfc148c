package import Communication
import COpenMPI

/// A communicator over MPI.
///
/// The calling thread waits as the `Pacing` says; nothing moves while no thread is in a call.
package final class MPICommunicator: Communicator {
    let handle: CommunicatorHandle
    /// No call is given more bytes: MPI counts in Int32.
    let largestPiece: Int
    /// An exchange's messages begin with pieces of this many bytes.
    ///
    /// Open MPI's TCP sends up to 64 KiB with their header at once; a longer message waits for its receiver's answer.
    /// Where both ends send, the one that is answered first puts all of its message on the wire before its own
    /// answer, and the other waits for the end of it: the link carries one way at a time. Over 1 Gbit/s whole
    /// messages took 1.8 times as long as the link needs in about half of the runs, also in MPI_Allreduce; in such
    /// pieces they take as long as it needs.
    private var exchangePiece: Int { min(largestPiece, 63 << 10) }

    package var rank: Int { handle.rank }
    package var size: Int { handle.size }

    init(_ handle: CommunicatorHandle, largestPiece: Int = 1 << 30) {
        self.handle = handle
        self.largestPiece = largestPiece
    }

    /// The same communicator, cutting messages into pieces of at most `bytes`; all ranks must use the same.
    ///
    /// For tests of what otherwise happens beyond 1 GiB.
    package func cuttingMessages(at bytes: Int) -> MPICommunicator {
        MPICommunicator(handle, largestPiece: bytes)
    }

    /// MPI 3.1, sections 3.7.2 and 3.7.5; the order of pieces is kept by section 3.5, "Order".
    package func exchange(_ transfers: [Transfer], pacing: Pacing) throws {
        requireValid(transfers)
        // Open MPI 4.1.4 cuts short a message to oneself without an error, if it is longer than expected.
        let (transfers, mismatch) = try exchangeWithSelf(transfers)
        var requests = RequestSet(handle, pieceSize: exchangePiece, largestPiece: largestPiece)
        do {
            // Receives first, so that messages find their buffers waiting.
            for case .receive(let buffer, let peer, let tag) in transfers {
                try requests.receive(buffer, from: peer, tag: tag)
            }
            for case .send(let bytes, let peer, let tag) in transfers {
                try requests.send(bytes, to: peer, tag: tag)
            }
            try pacing.wait { try requests.advance() }
        } catch {
            requests.abandon()
            throw error
        }
        if let mismatch = mismatch ?? requests.mismatch { throw mismatch }
    }

    /// MPI 3.1, section 5.12.2, in pieces.
    package func broadcast(_ bytes: UnsafeMutableRawBufferPointer, from root: Int) throws {
        requireValid(root: root)
        for start in stride(from: 0, to: bytes.count, by: largestPiece) {
            let piece = bytes[start..<min(start + largestPiece, bytes.count)]
            let base = UnsafeMutableRawBufferPointer(rebasing: piece).baseAddress
            try complete("MPI_Ibcast") { request in
                MPI_Ibcast(base, Int32(piece.count), shim_MPI_BYTE(), Int32(root), handle.raw, request)
            }
        }
    }

    /// MPI 3.1, section 5.12.5; one broadcast for each rank where the total is too long for MPI's counts.
    package func allGather(_ bytes: [UInt8]) throws -> [[UInt8]] {
        var counts = [Int](repeating: 0, count: size)
        var count = bytes.count
        let width = Int32(MemoryLayout<Int>.size)
        try withUnsafeMutableBytes(of: &count) { own in
            try counts.withUnsafeMutableBytes { all in
                try complete("MPI_Iallgather") { request in
                    MPI_Iallgather(
                        own.baseAddress, width, shim_MPI_BYTE(), all.baseAddress, width, shim_MPI_BYTE(),
                        handle.raw, request)
                }
            }
        }
        guard counts.reduce(0, +) <= largestPiece else {
            return try counts.indices.map { root in
                var part = root == rank ? bytes : [UInt8](repeating: 0, count: counts[root])
                try part.withUnsafeMutableBytes { try broadcast($0, from: root) }
                return part
            }
        }
        return try gather(bytes, counts: counts.map(Int32.init))
    }

    private func gather(_ bytes: [UInt8], counts: [Int32]) throws -> [[UInt8]] {
        var total: Int32 = 0
        let offsets = counts.map { count in
            defer { total += count }
            return total
        }
        var gathered = [UInt8](repeating: 0, count: Int(total))
        // MPI may read the counts until the request is complete (MPI 3.1, section 5.12).
        try bytes.withUnsafeBytes { own in
            try gathered.withUnsafeMutableBytes { all in
                try counts.withUnsafeBufferPointer { counts in
                    try offsets.withUnsafeBufferPointer { offsets in
                        try complete("MPI_Iallgatherv") { request in
                            MPI_Iallgatherv(
                                own.baseAddress, Int32(own.count), shim_MPI_BYTE(), all.baseAddress,
                                counts.baseAddress, offsets.baseAddress, shim_MPI_BYTE(), handle.raw, request)
                        }
                    }
                }
            }
        }
        return zip(offsets, counts).map { Array(gathered[Int($0)..<Int($0 + $1)]) }
    }

    /// MPI 3.1, section 5.12.1.
    package func barrier() throws {
        try complete("MPI_Ibarrier") { MPI_Ibarrier(handle.raw, $0) }
    }

    /// MPI 3.1, section 6.4.2.
    package func split(color: Int?, key: Int) throws -> (any Communicator)? {
        requireValid(color: color, key: key)
        var result: MPI_Comm?
        try check(
            MPI_Comm_split(handle.raw, color.map(Int32.init) ?? MPI_UNDEFINED, Int32(key), &result),
            call: "MPI_Comm_split", rank: handle.worldRank)
        guard let result, result != shim_MPI_COMM_NULL() else { return nil }
        return MPICommunicator(try CommunicatorHandle(result, isOwned: true), largestPiece: largestPiece)
    }

    /// Starts a nonblocking collective call and waits for its end.
    ///
    /// The slowest rank may take long and may share this core: sleep after a millisecond.
    private func complete(
        _ call: StaticString, _ start: (UnsafeMutablePointer<MPI_Request?>) -> Int32
    ) throws {
        var request: MPI_Request?
        try check(start(&request), call: call, rank: handle.worldRank)
        try Pacing(urgentFor: .milliseconds(1)).wait {
            var isDone: Int32 = 0
            try check(MPI_Test(&request, &isDone, shim_MPI_STATUS_IGNORE()), call: call, rank: handle.worldRank)
            return isDone != 0
        }
    }
}
