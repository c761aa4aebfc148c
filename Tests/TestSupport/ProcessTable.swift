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
}
