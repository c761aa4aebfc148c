import FoundationEssentials
import Glibc
import Machine

/// The name of a folder that a writer works on: `.tmp-step-XXXXXXXX-PID@HOST` or `.old-step-XXXXXXXX-PID@HOST`; without
/// a host in earlier versions.
struct WorkName: Equatable {
    enum Purpose: String { case temporary = ".tmp-", aside = ".old-" }

    let purpose: Purpose
    let step: Int
    let process: Int32
    let host: String?

    var text: String {
        "\(purpose.rawValue)\(CheckpointFolder.name(ofStep: step))-\(process)" + (host.map { "@\($0)" } ?? "")
    }

    /// This process's name for working on `step`.
    init(_ purpose: Purpose, step: Int) {
        (self.purpose, self.step) = (purpose, step)
        (process, host) = (getpid(), Self.thisHost)
    }

    /// Parses a name; nil if it is not of this form.
    init?(_ name: String) {
        let parts = name.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard let purpose = Purpose(rawValue: String(name.prefix(5))), let front = parts.first,
            let dash = front.lastIndex(of: "-"), let process = Int32(front[dash...].dropFirst()),
            front.index(front.startIndex, offsetBy: 5) <= dash,
            let step = CheckpointFolder.step(ofName: front.dropFirst(5).prefix(upTo: dash))
        else { return nil }
        (self.purpose, self.step, self.process) = (purpose, step, process)
        host = parts.count > 1 ? String(parts[1]) : nil
        guard text == name else { return nil }
    }

    /// Whether the writer is gone, as far as this host can tell. A process has one writer, so its own earlier names are
    /// leftovers too.
    var isLeftover: Bool {
        guard host == nil || host == Self.thisHost else { return false }
        return process == getpid() || (kill(process, 0) != 0 && errno == ESRCH) || isDead
    }

    /// Whether the process has ended, but nobody has waited for it: its number is still taken (proc(5), state Z).
    private var isDead: Bool {
        guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let end = status.lastIndex(of: ")")
        else { return false }
        return ["Z", "X"].contains(status[end...].dropFirst(2).prefix(1))
    }

    /// The name of this host, as far as it may stand in the name of a file.
    private static var thisHost: String {
        String(
            HostName.current.map {
                $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "_"
            })
    }
}
