public import Communication
import COpenMPI
import Glibc

/// The MPI library at work: all processes that the launcher started together.
///
/// Started once in a process. MPI is initialized for MPI_THREAD_SERIALIZED (MPI 3.1, section 12.4.3): any thread may
/// use the communicators, but the callers see to it that only one does at a time. That holds as well for the release
/// of the last reference to a communicator made by a split.
public final class MPIWorld: Sendable {
    /// All processes.
    public let communicator: any Communicator

    /// The library's name and version, one line.
    public let libraryVersion: String

    /// The name of this host, as MPI has it.
    public let processorName: String

    private let worldRank: Int

    /// Initializes MPI.
    ///
    /// *Collective: every process that the launcher started.* Throws if MPI was initialized before, if it lacks the
    /// thread support needed, or if it finds another number of processes than the launcher reports to have started.
    public static func start() throws -> MPIWorld {
        // Open MPI's own choice for 2 and 3 ranks takes twice the time on a wire; 1 is the ring.
        setenv("OMPI_MCA_coll_libnbc_iallreduce_algorithm", "1", 0)
        var isInitialized: Int32 = 0
        try check(MPI_Initialized(&isInitialized), call: "MPI_Initialized", rank: nil)
        guard isInitialized == 0 else {
            throw MPIError(
                call: "MPI_Init_thread", errorClass: 0, text: "MPI has been initialized before", rank: nil,
                advice: "start it once in a process")
        }
        var provided: Int32 = 0
        let code = MPI_Init_thread(nil, nil, Int32(MPI_THREAD_SERIALIZED), &provided)
        try check(code, call: "MPI_Init_thread", rank: nil)
        guard Int(provided) >= MPI_THREAD_SERIALIZED else {
            throw MPIError(
                call: "MPI_Init_thread", errorClass: 0,
                text: "asked for MPI_THREAD_SERIALIZED, provided was \(threadLevelName(provided))", rank: nil,
                advice: "use an MPI library built with thread support")
        }
        return try MPIWorld(launched: LaunchEnvironment.current)
    }

    private init(launched: LaunchEnvironment?) throws {
        let handle = try CommunicatorHandle(shim_MPI_COMM_WORLD(), isOwned: false)
        worldRank = handle.rank
        communicator = MPICommunicator(handle)
        var buffer = [CChar](repeating: 0, count: Int(MPI_MAX_LIBRARY_VERSION_STRING) + 1)
        var length: Int32 = 0
        try check(MPI_Get_library_version(&buffer, &length), call: "MPI_Get_library_version", rank: worldRank)
        // "Open MPI v4.1.4, package: …, ident: …": the first item says it.
        libraryVersion = String(string(buffer, length).prefix { $0 != "," && $0 != "\n" })
        buffer = [CChar](repeating: 0, count: Int(MPI_MAX_PROCESSOR_NAME) + 1)
        try check(MPI_Get_processor_name(&buffer, &length), call: "MPI_Get_processor_name", rank: worldRank)
        processorName = string(buffer, length)
        if let launched, let size = launched.size, size != handle.size {
            throw MPIError(
                call: "MPI_Comm_size", errorClass: 0,
                text: "the launcher started \(size) processes, but \(libraryVersion) finds \(handle.size)",
                rank: worldRank, advice: "start it with Open MPI's own mpirun, or with srun --mpi=pmix")
        }
    }

    /// Finalizes MPI; no communicator may be used after it.
    ///
    /// *Collective: every rank* (MPI 3.1, section 8.7). Communicators that are still referenced are left alone.
    public func finish() throws {
        try check(MPI_Finalize(), call: "MPI_Finalize", rank: worldRank)
    }

    /// Ends all processes of the job at once (MPI 3.1, section 8.7).
    ///
    /// *Local*; other ranks need not be in any call.
    public func abort(code: Int32) -> Never {
        abortWorld(code: code)
    }
}

/// Ends all processes of the job, wherever they are.
func abortWorld(code: Int32) -> Never {
    var isInitialized: Int32 = 0
    if MPI_Initialized(&isInitialized) == MPI_SUCCESS, isInitialized != 0 {
        MPI_Abort(shim_MPI_COMM_WORLD(), code)
    }
    _exit(code)
}

private func threadLevelName(_ level: Int32) -> String {
    switch Int(level) {
    case MPI_THREAD_SINGLE: "MPI_THREAD_SINGLE"
    case MPI_THREAD_FUNNELED: "MPI_THREAD_FUNNELED"
    case MPI_THREAD_SERIALIZED: "MPI_THREAD_SERIALIZED"
    default: "level \(level)"
    }
}
