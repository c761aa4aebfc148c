public import Communication
import Messages
@preconcurrency import Glibc
import Kernels
import Machine

/// The life of a process that may be one rank of many: the entry point of every program.
public enum LockstepProcess {
    /// Runs `body` with the communicator of all ranks, then ends the process with the exit code that it returns.
    ///
    /// *Collective: every rank.* Started by an MPI launcher, the ranks are its processes; otherwise there is one
    /// rank, and MPI is not touched. All ranks should return the same exit code: the launcher ends the job at the
    /// first that is not 0. When `body` ends, no other thread may still be communicating.
    ///
    /// Operations that the calling thread starts use `threads` threads; unless that is given, as many as
    /// OMP_NUM_THREADS says, else one. Never all cores of the machine, which is OpenMP's own choice: ranks would take
    /// them from each other.
    ///
    /// Processes that a launcher has started together, but without a way to find each other, are refused.
    ///
    /// If `body` throws
    /// - a `RankFailure` agreed on by all ranks: rank 0 prints `error: …`, MPI is finalized, and all exit with 1;
    /// - anything else: this rank prints `error on rank R (host): …` and MPI_Abort ends all others, so that nobody waits
    ///   for a rank that is gone.
    ///
    /// Standard output is line-buffered, since a launcher reads it through a pipe; that nobody reads it any longer
    /// does not end the process. SIGTERM, SIGINT, SIGHUP and SIGUSR1 end it with one line and 128 + the signal's number, or,
    /// in a training, with an `Interruption` once a checkpoint is saved: rank 0 prints it, and all exit with its code.
    /// Another signal, a second or more after the first, ends the process at once.
    /// - Parameter interrupted: what follows `interrupted by SIGTERM` in that line, until something else is set.
    public static func run(
        threads: Int? = nil, interrupted: String = "", _ body: (any Communicator, LaunchContext) throws -> Int32
    ) -> Never {
        setvbuf(stdout, nil, _IOLBF, 0)
        ignoreWriteSignals()
        let launched = LaunchEnvironment.current
        ProcessSignal.handle(delay: (launched?.rank ?? 0) > 0 ? 3 : 0, ending: interrupted)
        KernelLibrary.useThreads(max(1, threads ?? ThreadCount.ofEnvironment ?? 1))
        if let refused = UnconnectedProcesses.current {
            complain("error: \(refused)")
            exit(1)
        }
        guard let launch = launched else { runAlone(body) }
        if let refused = UnsupportedRecovery.current {
            if launch.rank == 0 { complain("error: \(refused)") }
            exit(1)
        }
        let world: MPIWorld
        do {
            world = try MPIWorld.start()
        } catch {
            complain("error on rank \(launch.rank) (\(hostname())): \(errorLine(error))")
            abortWorld(code: 1)
        }
        let context = LaunchContext(
            launch: launch, hostname: world.processorName, mpiVersion: world.libraryVersion, endJob: endAtOnce)
        let rank = world.communicator.rank
        do {
            let code = try body(world.communicator, context)
            fflush(nil)
            try world.finish()
            exit(code)
        } catch let interruption as Interruption where interruption.size == world.communicator.size {
            if rank == 0 { complain("\(interruption)") }
            fflush(nil)
            try? world.finish()
            exit(interruption.exitCode)
        } catch let failure as RankFailure where failure.size == world.communicator.size {
            // Printed before MPI_Finalize, in which all wait for each other: the launcher ends the job at the first
            // process that exits with 1.
            if rank == 0 { complain("error: \(errorLine(failure))") }
            fflush(nil)
            try? world.finish()
            exit(1)
        } catch {
            complain("error on rank \(rank) (\(context.hostname)): \(errorLine(error))")
            world.abort(code: 1)
        }
    }

    /// Makes a write that the system refuses an error instead of a signal that ends the process: to a pipe that
    /// nobody reads any longer (SIGPIPE), and beyond the limit of a file's size (SIGXFSZ, `ulimit -f`).
    public static func ignoreWriteSignals() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
    }

    private static func runAlone(_ body: (any Communicator, LaunchContext) throws -> Int32) -> Never {
        do {
            exit(
                try body(
                    SoloCommunicator(),
                    LaunchContext(launch: nil, hostname: hostname(), mpiVersion: nil, endJob: endAtOnce)))
        } catch let interruption as Interruption {
            complain("\(interruption)")
            exit(interruption.exitCode)
        } catch {
            complain("error: \(errorLine(error))")
            exit(1)
        }
    }

    /// Ends the process from any thread, whatever the others are doing: no call of MPI, which another thread may be in.
    @Sendable private static func endAtOnce() {
        _exit(1)
    }

    /// Writes out what the process has printed so far, then the line, in one piece: lines of several ranks do not mix.
    private static func complain(_ line: String) {
        fflush(nil)
        let bytes = Array("\(line)\n".utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }

    private static func hostname() -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        gethostname(&buffer, buffer.count - 1)
        return string(buffer, Int32(strlen(buffer)))
    }
}
