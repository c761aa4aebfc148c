import Foundation

/// What the operating system knows of this process.
public enum ProcessMeasurements {
    /// The largest resident size so far, in bytes.
    public static var peakMemory: Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss * 1024
    }

    /// The present resident size in bytes without the pages of mapped files and of shared memory; 0 when the system does not tell.
    public static var ownMemory: Int {
        // proc(5): "RssAnon:     1234 kB"
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("RssAnon:") })
        else { return 0 }
        return line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 } ?? 0
    }

    /// Seconds since the process was made; to 10 ms. 0 when the system does not tell.
    public static var age: Double {
        // proc(5): field 22 of stat is the start in clock ticks since boot; field 2 may contain spaces
        guard let stat = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
            let rest = stat.split(separator: ")").last?.split(separator: " "), rest.count > 19,
            let start = Double(rest[19])
        else { return 0 }
        var now = timespec()
        clock_gettime(CLOCK_BOOTTIME, &now)
        let seconds = Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9
        return max(0, seconds - start / Double(sysconf(Int32(_SC_CLK_TCK))))
    }
}
