public import Foundation

/// A command that runs beside the test, with all processes that it starts; its output goes to files.
///
/// Every process of it has `mark` in its environment, by which it is found even after its parent is gone. Whatever
/// still runs when the last reference goes is killed.
public final class Job {
    private let command: [String]
    private let mark = "LOCKSTEP_TEST_JOB=\(UUID().uuidString)"
    private let folder = Result { try TemporaryFolder() }
    private var process: pid_t = 0
    private var exit: Exit?

    /// Starts `command` in `directory`.
    public init(_ command: [String], in directory: String) throws {
        self.command = command
        let folder = try folder.get()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, folder("stdout"), O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, folder("stderr"), O_WRONLY | O_CREAT, 0o600)
        // The threads of a test may block signals, and a command would inherit that.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var blocked = sigset_t()
        sigemptyset(&blocked)
        posix_spawnattr_setsigmask(&attributes, &blocked)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        // The strings are ours, until the process has been made.
        var arguments = (["env", "--chdir", directory] + command).map { strdup($0) } + [nil]
        var environment = Self.environment(mark, folder.path).map { strdup($0) } + [nil]
        defer { for text in arguments + environment { free(text) } }
        let code = posix_spawnp(&process, "env", &actions, &attributes, &arguments, &environment)
        guard code == 0 else { throw CannotStart(command: command[0], reason: String(cString: strerror(code))) }
    }

    deinit { killEverything() }

    /// This process's environment, without what a launcher may have put there.
    ///
    /// With it come what Open MPI wants of root, and where it keeps its files, which a killed job leaves behind.
    private static func environment(_ mark: String, _ folder: String) -> [String] {
        ProcessInfo.processInfo.environment
            .filter { name, _ in !["OMPI_", "PMIX_", "PMI_", "TMPDIR"].contains { name.hasPrefix($0) } }
            .map { "\($0)=\($1)" }
            + [
                mark, "OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1", "TMPDIR=\(folder)",
                "OMPI_MCA_btl_vader_backing_directory=\(folder)",
            ]
    }

    /// The processes that live.
    public var processes: [pid_t] { ProcessTable.processes(with: mark) }

    /// The process of a rank, once mpirun has started it.
    public func process(ofRank rank: Int) -> pid_t? {
        processes.first { ProcessTable.environment(of: $0).contains("OMPI_COMM_WORLD_RANK=\(rank)") }
    }

    /// Sends a signal to the command itself.
    public func signal(_ number: Int32) { kill(process, number) }

    /// Kills every process, at once and for good.
    public func killEverything() {
        // again, for what was being started meanwhile
        _ = waits(10) {
            let living = processes
            for process in living { kill(process, SIGKILL) }
            return living.isEmpty
        }
        if exit == nil, process > 0 { reap(options: 0) }
    }

    /// Whether the command has ended.
    public var hasEnded: Bool {
        if exit == nil { reap(options: WNOHANG) }
        return exit != nil
    }

    private func reap(options: Int32) {
        var status: Int32 = 0
        guard waitpid(process, &status, options) == process else { return }
        exit = status & 0x7f == 0 ? .code(status >> 8 & 0xff) : .signal(status & 0x7f)
    }

    /// What the command has done, once it has ended; one that takes longer than `limit` seconds is killed.
    public func finish(within limit: Double = 60) throws -> Outcome {
        let isInTime = waits(limit) { hasEnded }
        if !isInTime { killEverything() }
        let folder = try folder.get()
        let outcome = Outcome(
            command: command, exit: exit ?? .signal(SIGKILL),
            output: try String(contentsOfFile: folder("stdout"), encoding: .utf8),
            errors: try String(contentsOfFile: folder("stderr"), encoding: .utf8))
        guard isInTime else { throw TooSlow(limit: limit, outcome: outcome) }
        return outcome
    }
}

/// Whether `condition` comes true within `limit` seconds; looks every two milliseconds.
public func waits(_ limit: Double, for condition: () throws -> Bool) rethrows -> Bool {
    let end = ContinuousClock.now + .seconds(limit)
    while ContinuousClock.now < end {
        if try condition() { return true }
        usleep(2000)
    }
    return try condition()
}

struct TooSlow: Error, CustomStringConvertible {
    let limit: Double
    let outcome: Outcome
    var description: String { "it was killed, having run for \(limit) seconds: \(outcome)" }
}

struct CannotStart: Error, CustomStringConvertible {
    let command, reason: String
    var description: String { "cannot start \(command): \(reason); install Open MPI, and build the program first" }
}
