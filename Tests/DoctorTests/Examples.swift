import Doctor
import Foundation
import Machine

extension HostFacts {
    /// A host on which nothing is wrong.
    static func healthy(_ number: Int = 1) -> HostFacts {
        var facts = HostFacts(host: "node\(number)")
        (facts.program, facts.programVersion, facts.programHash) = (
            "/opt/lockstep", "1.0", String(repeating: "a", count: 64)
        )
        (facts.library, facts.launcher, facts.missingLibraries) = ("Open MPI v4.1.4", "Open MPI v4.1.4", [])
        facts.dataHashes = ["/data/a": "1", "/data/b": "2"]
        facts.sharedMemory = Folder(path: "/dev/shm", freeBytes: 1 << 30, hasLocks: true)
        facts.temporary = Folder(path: "/tmp", freeBytes: 1 << 34, hasLocks: true)
        facts.runs = Folder(path: "/home/me/runs", freeBytes: 1 << 40, hasLocks: true, seesMarker: true)
        (facts.machineProcessors, facts.quota) = (4, nil)
        (facts.memoryBytes, facts.memorySource, facts.openFiles) = (1 << 34, "this machine", 1024)
        facts.interfaces = [
            Interface(name: "eth0", address: "10.0.0.\(number)", network: "10.0.0.0/24")
        ]
        facts.instructionSet = "x86-64-v3 (AVX2)"
        facts.ranks = (0..<4).map { Rank(rank: 4 * number + $0, processors: [0, 1, 2, 3], threads: 1, peak: 80) }
        (facts.clockOffset, facts.clockError) = (0.001, 0.0001)
        if number > 1 { (facts.linkBytesPerSecond, facts.linkLatency) = (1.2e9, 2e-5) }
        return facts
    }
}

extension DoctorRequest {
    static let example = DoctorRequest(data: ["/data"], runs: "/home/me/runs")
}

extension HostProbe {
    /// A host that answers as one on which nothing is wrong.
    static var healthy: HostProbe {
        var probe = HostProbe.live
        probe.hostName = { "node1" }
        probe.variable = { _ in nil }
        probe.run = { words, _ in
            switch words[0] {
            case "mpirun": Answer(code: 0, output: "mpirun (Open MPI) 4.1.4\n\nReport bugs to http://…\n")
            case "ldd": Answer(code: 0, output: "\tlibmpi.so.40 => /usr/lib/libmpi.so.40 (0x00007f)\n")
            case "sha256sum": Answer(code: 0, output: String(repeating: "b", count: 64) + "  \(words[2])\n")
            default: nil
            }
        }
        probe.freeBytes = { _ in 1 << 40 }
        probe.tryFolder = { _ in (nil, true) }
        probe.files = { path, _ in ["\(path)/a", "\(path)/b"] }
        probe.exists = { _ in true }
        probe.openFiles = { 1024 }
        probe.interfaces = { [HostFacts.Interface(name: "eth0", address: "10.0.0.1", network: "10.0.0.0/24")] }
        probe.processors = { ProcessorLimit(allowed: [0, 1, 2, 3]) }
        probe.machineProcessors = { 4 }
        return probe
    }
}

extension ProgramFacts {
    static let example = ProgramFacts(
        path: "/opt/lockstep", version: "1.0", library: "Open MPI v4.1.4", instructionSet: "x86-64-v3 (AVX2)")
}
