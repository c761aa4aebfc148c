import Glibc

/// On which processors this process may run, and for how much of their time.
public struct ProcessorLimit: Sendable, Equatable {
    /// The numbers of the processors that its affinity mask has, in rising order; empty if the system does not report
    /// it.
    public let allowed: [Int]
    /// How many processors' time the control groups leave it; nil if they set no limit.
    public let quota: Double?

    /// How many threads can run at the same time, at least 1.
    public var threads: Int {
        let mask = allowed.isEmpty ? Int.max : allowed.count
        return max(1, min(mask, quota.map { Int($0.rounded(.up)) } ?? .max))
    }

    /// These processors.
    public init(allowed: [Int], quota: Double? = nil) { (self.allowed, self.quota) = (allowed, quota) }

    /// Those of this process, that is of its main thread.
    public static func current(_ files: SystemFiles = .live) -> ProcessorLimit {
        let line = files("/proc/self/status")?.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") }
        let list = line.map { $0.dropFirst("Cpus_allowed_list:".count) } ?? ""
        return ProcessorLimit(allowed: numbers(String(list)), quota: quota(files))
    }

    /// The numbers of a list such as `0-3,8`.
    static func numbers(_ list: String) -> [Int] {
        list.split(separator: ",").flatMap { run -> [Int] in
            let ends = run.split(separator: "-").compactMap { Int($0.filter { !$0.isWhitespace }) }
            guard let first = ends.first, let last = ends.last, first >= 0, last >= first, last < 1 << 20 else {
                return []
            }
            return Array(first...last)
        }
    }

    /// A list such as `0-3,8` of numbers in rising order.
    public static func list(_ numbers: [Int]) -> String {
        var runs: [(Int, Int)] = []
        for number in numbers {
            if let last = runs.last, last.1 + 1 == number {
                runs[runs.count - 1].1 = number
            } else {
                runs.append((number, number))
            }
        }
        return runs.map { $0 == $1 ? "\($0)" : "\($0)-\($1)" }.joined(separator: ",")
    }

    /// Of all control groups the least quota. Sources: cgroups(7), the kernel's documentation of cgroup v2 and
    /// sched-bwc.
    private static func quota(_ files: SystemFiles) -> Double? {
        ControlGroup.all(of: "cpu", files).compactMap { group -> Double? in
            let quota: Int?
            let period: Int?
            if group.isUnified {
                let words = files("\(group.folder)/cpu.max")?.split(whereSeparator: \.isWhitespace) ?? []
                (quota, period) = (words.first.flatMap { Int($0) }, words.last.flatMap { Int($0) })
            } else {
                quota = files.number("\(group.folder)/cpu.cfs_quota_us")
                period = files.number("\(group.folder)/cpu.cfs_period_us")
            }
            guard let quota, let period, quota > 0, period > 0 else { return nil }
            return Double(quota) / Double(period)
        }.min()
    }

    /// The model of the processor, such as `AMD EPYC`; nil if the system does not report it.
    public static func model(_ files: SystemFiles = .live) -> String? {
        for line in files("/proc/cpuinfo")?.split(separator: "\n") ?? [] {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2, parts[0].split(whereSeparator: \.isWhitespace) == ["model", "name"] {
                return parts[1].split(whereSeparator: \.isWhitespace).joined(separator: " ")
            }
        }
        return nil
    }
}
