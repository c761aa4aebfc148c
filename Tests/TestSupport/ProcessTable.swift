public import Foundation

/// The processes of this machine, as /proc shows them.
public enum ProcessTable {
    /// The living processes whose environment has `entry`, such as `NAME=value`; those that are only to be waited for
    /// have none.
    public static func processes(with entry: String) -> [pid_t] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.filter { environment(of: $0).contains(entry) }
    }

    /// The environment that a process was started with; empty when it is gone, or another user's.
    public static func environment(of process: pid_t) -> [String] {
        guard let bytes = FileManager.default.contents(atPath: "/proc/\(process)/environ") else { return [] }
        return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether a process has a handler for a signal: proc_pid_status(5), SigCgt.
    public static func handles(_ signal: Int32, in process: pid_t) -> Bool {
        guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("SigCgt:") }),
            let mask = UInt64(line.dropFirst(7).trimmingPrefix { $0.isWhitespace }, radix: 16)
        else { return false }
        return mask & 1 << UInt64(signal - 1) != 0
    }
}
