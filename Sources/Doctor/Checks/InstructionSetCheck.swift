/// Whether all hosts compute with one instruction set: others give other bits.
struct InstructionSetCheck: HostCheck {
    let name = "instruction set"

    func problems(_ hosts: [HostFacts], _ request: DoctorRequest) -> [Finding] {
        differences(hosts, \.instructionSet) { host, own, first, expected in
            warning(
                host, "its kernels use \(own), those of \(first.name) \(expected)",
                "use hosts of one kind, or set the lowest of these on all: results have other bits otherwise")
        }
    }

    func summary(_ hosts: [HostFacts], _ request: DoctorRequest) -> String? {
        hosts.first { $0.instructionSet != nil }?.instructionSet
    }
}
