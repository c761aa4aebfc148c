import COpenMPI

/// An MPI communicator, freed with the last reference unless it is the world or MPI has been finalized.
///
/// MPI_Comm_free is formally collective; Open MPI carries it out without waiting for other ranks.
final class CommunicatorHandle: @unchecked Sendable {
    // Never changes, and MPI is called by one thread at a time (MPI_THREAD_SERIALIZED).
    let raw: MPI_Comm
    let rank: Int
    let size: Int
    /// For error messages.
    let worldRank: Int
    private let isOwned: Bool

    /// Takes over a communicator, and makes its errors return codes (MPI 3.1, section 8.3).
    init(_ raw: MPI_Comm, isOwned: Bool) throws {
        self.raw = raw
        self.isOwned = isOwned
        var number: Int32 = 0
        try check(
            MPI_Comm_set_errhandler(raw, shim_MPI_ERRORS_RETURN()), call: "MPI_Comm_set_errhandler", rank: nil)
        try check(MPI_Comm_rank(shim_MPI_COMM_WORLD(), &number), call: "MPI_Comm_rank", rank: nil)
        worldRank = Int(number)
        try check(MPI_Comm_rank(raw, &number), call: "MPI_Comm_rank", rank: worldRank)
        rank = Int(number)
        try check(MPI_Comm_size(raw, &number), call: "MPI_Comm_size", rank: worldRank)
        size = Int(number)
    }

    deinit {
        var isFinalized: Int32 = 0
        guard isOwned, MPI_Finalized(&isFinalized) == MPI_SUCCESS, isFinalized == 0 else { return }
        var communicator: MPI_Comm? = raw
        MPI_Comm_free(&communicator)
    }
}
