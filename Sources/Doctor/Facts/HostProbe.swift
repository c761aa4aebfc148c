import Foundation
package import Machine

/// What the doctor asks of a host. A value, so that tests can plant faults.
public struct HostProbe: Sendable {
    /// The result of a command.
    package struct Answer: Sendable {
        package var code: Int32
        package var output: String

        package init(code: Int32, output: String) { (self.code, self.output) = (code, output) }
    }

    /// The name of the host.
    package var hostName: @Sendable () -> String
    /// A variable of the environment.
    package var variable: @Sendable (String) -> String?
    /// Runs a command, found in PATH, without input and for at most so many seconds; nil if there is none of that name.
    package var run: @Sendable (_ words: [String], _ seconds: Double) -> Answer?
    /// The free bytes of the file system of a folder.
    package var freeBytes: @Sendable (String) -> Int?
    /// Makes a file in a folder and removes it, and locks it in between; why it cannot, and whether it could be locked.
    package var tryFolder: @Sendable (String) -> (refusal: String?, hasLocks: Bool?)
    /// The regular files at or below a path, sorted, at most so many; empty if there are none.
    package var files: @Sendable (_ path: String, _ limit: Int) -> [String]
    /// Whether there is anything at a path.
    package var exists: @Sendable (String) -> Bool
    /// How many files this process may have open.
    package var openFiles: @Sendable () -> Int?
    /// The network interfaces that are up.
    package var interfaces: @Sendable () -> [HostFacts.Interface]
    /// The limits of processors and memory.
    package var processors: @Sendable () -> ProcessorLimit
    package var machineProcessors: @Sendable () -> Int?
    package var memory: @Sendable () -> MemoryLimit
    /// Seconds since 1970.
    package var now: @Sendable () -> Double
}
