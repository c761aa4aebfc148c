public import Communication

/// How and where a process runs: for logs and error messages.
public struct LaunchContext: Sendable {
    /// The launcher's environment; `nil` if the process was started without one.
    public let launch: LaunchEnvironment?

    /// The name of this host.
    public let hostname: String

    /// The MPI library's name and version, or `nil` where MPI is not in use.
    public let mpiVersion: String?

    /// Ends this process at once with exit code 1, from any thread; its launcher then ends all ranks.
    public let endJob: @Sendable () -> Void
}
