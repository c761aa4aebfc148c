/// Whether launcher and library of MPI are of one version, on all hosts.
struct MPIVersionCheck: HostCheck {
    let name = "MPI"

    func problems(_ hosts: [HostFacts], _ request: DoctorRequest) -> [Finding] {
        hosts.compactMap { host in
            guard let launcher = host.launcher else {
                return warning(
                    host, "there is no mpirun in PATH, or it does not run",
                    "install Open MPI 4.1 (apt-get install openmpi-bin), or start with srun")
            }
            guard let library = host.library, library != launcher else { return nil }
            return error(
                host, "mpirun is of \(launcher), the library of the program of \(library)",
                "put the mpirun of the library first in PATH, or build the program with that mpicc")
        }
            + differences(hosts, \.library) { host, own, first, expected in
                error(
                    host, "the library is \(own), and \(expected) on \(first.name)",
                    "install one version of Open MPI on all hosts")
            }
    }

    func summary(_ hosts: [HostFacts], _ request: DoctorRequest) -> String? {
        hosts.first { $0.library != nil }?.library.map { "launcher and library are of \($0)" }
    }
}
