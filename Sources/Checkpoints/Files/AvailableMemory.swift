import Glibc

/// How much more memory this process can have, as the system estimates.
enum AvailableMemory {
    /// The least of what the host has free and what the limit of the address space (ulimit -v) leaves; `.max` when neither
    /// is known.
    static var bytes: Int { min(freeOnHost ?? .max, addressSpaceLeft ?? .max) }

    private static var freeOnHost: Int? {
        field("MemAvailable:", of: "/proc/meminfo").map { $0 * 1024 }
    }

    private static var addressSpaceLeft: Int? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, limit.rlim_cur < UInt(Int.max),
            let used = field("VmSize:", of: "/proc/self/status")
        else { return nil }
        return max(0, Int(limit.rlim_cur) - used * 1024)
    }

    /// The number after `name` in a file of lines such as `MemAvailable:  123 kB`.
    private static func field(_ name: String, of path: String) -> Int? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, Int32(line.count), file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let words = text.split(separator: " ").flatMap { $0.split(separator: "\t") }
            if words.first.map(String.init) == name, words.count > 1 { return Int(words[1]) }
        }
        return nil
    }
}
