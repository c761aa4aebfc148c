import Foundation
import Machine
import Messages

/// A start of a run, as `.lock` holds it: who may write into the run directory.
package struct StartIdentity: Codable, Sendable, Equatable {
    /// The number of this start among those of one job, from 1; nil where no launcher counts them.
    package var generation: Int?
    /// What the starts of one job have in common; nil where the launcher does not say.
    package var job: String?
    /// The name of the host, and the number of the process there.
    package var host: String
    package var process: Int32

    package init(generation: Int? = nil, job: String? = nil, host: String, process: Int32) {
        (self.generation, self.job, self.host, self.process) = (generation, job, host, process)
    }

    /// This process: its start is numbered by LOCKSTEP_GENERATION, and LOCKSTEP_JOB names the job.
    package static func current(
        _ environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(RunLogError) -> StartIdentity {
        var identity = StartIdentity(host: HostName.current, process: getpid())
        identity.job = environment["LOCKSTEP_JOB"].map { String($0.prefix(200)) }
        guard let text = environment["LOCKSTEP_GENERATION"] else { return identity }
        guard let number = Int(text), number >= 1 else { throw .generation(text) }
        identity.generation = number
        return identity
    }

    /// The start in the bytes of a file `.lock`; nil where it has none: that of an earlier version is empty.
    init?(bytes: [UInt8]) {
        guard let start = try? JSONDecoder().decode(Self.self, from: Data(bytes)) else { return nil }
        self = start
    }

    /// The bytes of a file `.lock`.
    var bytes: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // whole numbers and texts can always be encoded
        return Array((try? encoder.encode(self)) ?? Data()) + [UInt8(ascii: "\n")]
    }

    /// Whether this start takes the directory from `holder`, which has it: a later start of the same job does.
    func overtakes(_ holder: StartIdentity) -> Bool {
        guard let generation, let other = holder.generation else { return false }
        return job == holder.job && generation > other
    }

    /// The start in words, such as `generation 3, process 12 on node1`.
    var text: String {
        [generation.map { "generation \($0)" }, "process \(process) on \(host.printable.shortened(to: 100))"]
            .compactMap { $0 }.joined(separator: ", ")
    }
}
