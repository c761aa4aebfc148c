import Glibc

/// The memory limit of a process and its source: the machine, a control group or a limit of the process.
public struct MemoryLimit: Sendable, Equatable {
    /// The bytes; `Int.max` where nothing is known.
    public let bytes: Int
    /// The source of the limit, such as `this machine`.
    public let source: String
    /// Whether each process has as much for itself; else all of the host share it.
    public let isPerProcess: Bool

    init(_ bytes: Int, _ source: String, isPerProcess: Bool = false) {
        (self.bytes, self.source, self.isPerProcess) = (bytes, source, isPerProcess)
    }

    /// The most memory that all ranks of this host can have together, for planning: the least of the machine's memory
    /// and the limits of the control groups, and of a process's own limit times `processes`.
    public static func total(processes: Int = 1, _ files: SystemFiles = .live, _ resources: Resources = .live)
        -> MemoryLimit
    {
        let machine = (files.number("MemTotal:", in: "/proc/meminfo") ?? 0)
            .multipliedReportingOverflow(by: 1024)
        let all =
            [MemoryLimit(machine.partialValue > 0 ? machine.partialValue : .max, "this machine")]
            + groups(files).map { MemoryLimit($0.limit, $0.source) } + resources.limits(processes)
        return all.min { $0.bytes < $1.bytes } ?? all[0]
    }

    /// An estimate of the memory available to this process: the least of MemAvailable and of what the control groups
    /// and its own limits leave.
    public static func available(_ files: SystemFiles = .live, _ resources: Resources = .live) -> MemoryLimit {
        let machine = (files.number("MemAvailable:", in: "/proc/meminfo") ?? Int.max >> 10)
            .multipliedReportingOverflow(by: 1024)
        let used = min(files.number("VmSize:", in: "/proc/self/status") ?? 0, Int.max >> 10) << 10
        let all =
            [MemoryLimit(machine.overflow ? .max : machine.partialValue, "this machine")]
            + groups(files).map { MemoryLimit(max(0, $0.limit - $0.used), $0.source) }
            + resources.limits(1).map { MemoryLimit(max(0, $0.bytes - used), $0.source, isPerProcess: true) }
        return all.min { $0.bytes < $1.bytes } ?? all[0]
    }

    /// The bytes of this process that are in memory, with those that it shares.
    public static func inUse(_ files: SystemFiles = .live) -> Int {
        let (bytes, overflow) = (files.number("VmRSS:", in: "/proc/self/status") ?? 0).multipliedReportingOverflow(
            by: 1024)
        return overflow ? .max : max(0, bytes)
    }

    /// The limits of the control groups, with what is in use and could not be given back at once.
    private static func groups(_ files: SystemFiles) -> [(limit: Int, used: Int, source: String)] {
        ControlGroup.all(of: "memory", files).compactMap { group in
            let names =
                group.isUnified
                ? ("memory.max", "memory.current", "inactive_file")
                : ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
            // without a limit version 1 says the largest number there is, in whole pages
            guard let limit = files.number("\(group.folder)/\(names.0)"), limit >= 0, limit < Int.max >> 1 else {
                return nil
            }
            let cached = files.number(names.2, in: "\(group.folder)/memory.stat") ?? 0
            let used = (files.number("\(group.folder)/\(names.1)") ?? 0) - cached
            return (limit, max(0, used), "its control group (\(names.0))")
        }
    }

    /// The limits that getrlimit(2) tells.
    public struct Resources: Sendable {
        /// RLIMIT_AS and RLIMIT_DATA in bytes; nil if there is none.
        public let addressSpace, data: Int?

        /// These limits.
        public init(addressSpace: Int?, data: Int?) { (self.addressSpace, self.data) = (addressSpace, data) }

        /// Those of this process.
        public static var live: Resources {
            func limit(_ resource: __rlimit_resource) -> Int? {
                var limit = rlimit()
                guard getrlimit(__rlimit_resource_t(bitPattern: resource.rawValue), &limit) == 0 else { return nil }
                return Int(exactly: limit.rlim_cur)
            }
            return Resources(addressSpace: limit(RLIMIT_AS), data: limit(RLIMIT_DATA))
        }

        func limits(_ processes: Int) -> [MemoryLimit] {
            [(addressSpace, "ulimit -v"), (data, "ulimit -d")].compactMap { bytes, name in
                bytes.map { bytes in
                    let all = bytes.multipliedReportingOverflow(by: processes)
                    return MemoryLimit(all.overflow ? .max : all.partialValue, name, isPerProcess: true)
                }
            }
        }
    }
}
