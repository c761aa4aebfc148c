import Foundation

/// A program that is run for its output.
enum Command {
    /// Runs `words`, the first of which is found in PATH, without input; nil if there is none of that name, or it does not
    /// end within `seconds`. At most 1 MB of its output, and of its error output behind it, is returned.
    static func run(_ words: [String], within seconds: Double) -> HostProbe.Answer? {
        guard let name = words.first, let path = find(name) else { return nil }
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = Array(words.dropFirst())
        process.standardInput = FileHandle.nullDevice
        let (output, errors) = (Pipe(), Pipe())
        (process.standardOutput, process.standardError) = (output, errors)
        guard (try? process.run()) != nil else { return nil }
        let readers = [output, errors].map { pipe in Reader(pipe.fileHandleForReading) }
        let limit = Date(timeIntervalSinceNow: seconds)
        while process.isRunning, Date() < limit { usleep(5000) }
        guard !process.isRunning else {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            return nil
        }
        process.waitUntilExit()
        let text = readers.map { $0.text(until: limit) }.joined()
        return HostProbe.Answer(code: process.terminationStatus, output: text)
    }

    /// The path of the program `name`: itself where it has a slash.
    private static func find(_ name: String) -> String? {
        if name.contains("/") { return access(name, X_OK) == 0 ? name : nil }
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        return folders.lazy.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    /// Reads a pipe in a thread of its own, so that neither end waits for the other.
    ///
    /// `@unchecked Sendable`: the bytes are read and written with `condition` locked only.
    private final class Reader: @unchecked Sendable {
        private let condition = NSCondition()
        private var bytes = Data()
        private var isAtEnd = false

        init(_ file: FileHandle) {
            Thread.detachNewThread { [self] in
                while let part = try? file.read(upToCount: 1 << 16), !part.isEmpty {
                    condition.withLock { if bytes.count < 1 << 20 { bytes += part } }
                }
                condition.withLock { isAtEnd = true }
                condition.broadcast()
            }
        }

        /// What was read by the end, or by `limit`: a process that was left behind may keep the pipe open.
        func text(until limit: Date) -> String {
            condition.withLock {
                while !isAtEnd, condition.wait(until: limit) {}
                return String(decoding: bytes, as: UTF8.self)
            }
        }
    }
}
