/// A launch in which ranks outlive the death of others, by MPI's user-level failure mitigation (ULFM).
///
/// Ranks would wait for the dead in shared memory for ever. A run is started again from outside in its place.
public struct UnsupportedRecovery: Error, Equatable, CustomStringConvertible {
    /// Whether Open MPI 5 has been told so, as it tells every rank.
    public static var current: UnsupportedRecovery? { find(LaunchEnvironment.variable) }

    /// What these environment variables tell of; nil for an ordinary launch.
    public static func find(_ variable: (String) -> String?) -> UnsupportedRecovery? {
        let enabled = variable("OMPI_MCA_mpi_ft_enable")?.lowercased()
        return ["1", "true", "yes", "enabled"].contains(enabled) ? UnsupportedRecovery() : nil
    }

    /// What was found, and what to do.
    public var description: String {
        "mpirun was started with --with-ft ulfm (OMPI_MCA_mpi_ft_enable), which keeps ranks alive when one dies, and they would wait for it for ever; leave it out, and let launch/local or launch/cluster --restarts N start the run again"
    }
}
