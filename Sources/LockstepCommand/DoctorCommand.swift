import ArgumentParser
import Communication
import Doctor
import Foundation
import Kernels
import Machine
import MPICommunication
import RunRecords
import Training

struct DoctorCommand<Program: LockstepProgram>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "doctor",
            abstract: "Check whether training will work on these hosts, and say what to do if not.",
            discussion: """
                By itself it examines this host, under mpirun the hosts of all ranks with the clocks and links between \
                them, with --hostfile the hosts of a hostfile by ssh. Exits with 1 if training will not work.

                  \(Program.name) doctor --hostfile hostfiles/two-hosts
                  \(Program.name == "lockstep" ? "launch/cluster hostfiles/two-hosts" : "mpirun -n 4 \(Program.name)") doctor --data data/fashion-mnist
                """)
    }

    @Option(
        help: ArgumentHelp("Examine the hosts of this hostfile by ssh.", valueName: "file"), completion: .file())
    var hostfile: String?

    @Option(
        help: ArgumentHelp(
            "A file or directory of data that all hosts need; compared by SHA-256. May be repeated.", valueName: "path"),
        completion: .file())
    var data: [String] = []

    @Option(
        help: ArgumentHelp("The directory of the runs.", valueName: "dir"), completion: .directory)
    var runs = "runs"

    @Flag(help: "Print the findings as one JSON object.")
    var json = false

    @Option(help: .hidden)
    var facts: String?

    func run() {
        let path = FileManager.default.currentDirectoryPath
        func absolute(_ name: String) -> String { name.hasPrefix("/") ? name : "\(path)/\(name)" }
        LockstepProcess.run { communicator, _ in
            let program = ProgramFacts(
                path: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"),
                version: LockstepVersion.number, library: MPILibrary.version,
                instructionSet: KernelLibrary.instructionSet)
            var request = DoctorRequest(data: data.map(absolute), runs: absolute(runs))
            if let facts {
                request = try JSONDecoder().decode(DoctorRequest.self, from: Data(facts.utf8))
                let examination = Examination(request, of: program, threads: KernelLibrary.threads)
                print(RemoteHosts.linePrefix + (try examination.facts()))
                return 0
            }
            let hosts: [HostFacts]
            if let hostfile {
                hosts = try communicator.share(from: 0) {
                    try RemoteHosts(hostfile: hostfile, of: program).facts(request)
                }
            } else {
                hosts = try Examination(request, of: program, threads: KernelLibrary.threads).hosts(over: communicator)
            }
            let diagnosis = Diagnosis(hosts, request)
            if communicator.rank == 0 {
                Terminal.show(json ? diagnosis.json : diagnosis.text)
                if hostfile != nil, !json, diagnosis.works {
                    Terminal.show("now start `doctor` on all of them with launch/cluster, for the links between them")
                }
            }
            return diagnosis.works ? 0 : 1
        }
    }
}
