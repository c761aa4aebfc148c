import Foundation

/// The state of a process of this host, as /proc shows it: proc_pid_stat(5).
package enum ProcessState: Sendable, Equatable {
    case running
    /// Waiting, where the kernel tells in what.
    case sleeping(String?)
    /// Waiting for a device or a file system, and not to be interrupted.
    case blocked(String?)
    case stopped
    case dead
    /// Another process has its number, as in a container with numbers of its own.
    case unknown

    /// The state of the process `process` that began at `start`.
    package init(process: Int32, start: UInt64) {
        guard let fields = Self.fields(of: process) else {
            self = kill(process, 0) == 0 || errno != ESRCH ? .unknown : .dead
            return
        }
        guard fields.start == start else {
            self = .unknown
            return
        }
        let channel = try? String(contentsOfFile: "/proc/\(process)/wchan", encoding: .utf8)
        let name = channel.flatMap {
            $0.isEmpty || $0 == "0" ? nil : $0.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        self =
            switch fields.state {
            case "R": .running
            case "S", "I": .sleeping(name)
            case "D": .blocked(name)
            case "T", "t": .stopped
            case "Z", "X", "x": .dead
            default: .unknown
            }
    }

    /// When a process began, in ticks since boot.
    static func start(of process: Int32) -> UInt64? { fields(of: process)?.start }

    private static func fields(of process: Int32) -> (state: Character, start: UInt64)? {
        // the name, in parentheses, may contain any of them
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 19, let state = fields[0].first, let start = UInt64(fields[19]) else { return nil }
        return (state, start)
    }

    /// Whether the process computes or waits, as far as that is known.
    package var isAlive: Bool {
        switch self {
        case .running, .sleeping, .blocked, .unknown: true
        case .stopped, .dead: false
        }
    }

    /// In words, for a table.
    package var text: String {
        switch self {
        case .running: "running"
        case .sleeping(let channel): "sleeping" + (channel.map { " in \($0)" } ?? "")
        case .blocked(let channel): "waiting for a device or file system" + (channel.map { " in \($0)" } ?? "")
        case .stopped: "stopped"
        case .dead: "dead"
        case .unknown: "unknown"
        }
    }
}
