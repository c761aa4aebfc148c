import Kernels

/// Whether all hosts compute with one instruction set: others give other bits.
struct InstructionSetCheck: HostCheck {
    let name = "instruction set"

    func problems(_ hosts: [HostFacts], _ request: DoctorRequest) -> [Finding] {
        let used = hosts.compactMap { host in host.instructionSet.map { (place: host.name, instructionSet: $0) } }
        return UnlikeInstructionSets(used).map { [error(nil, "\($0)", UnlikeInstructionSets.remedy)] } ?? []
    }

    func summary(_ hosts: [HostFacts], _ request: DoctorRequest) -> String? {
        hosts.first { $0.instructionSet != nil }?.instructionSet
    }
}
