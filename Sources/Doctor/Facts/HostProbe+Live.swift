import Foundation
import Machine

extension HostProbe {
    /// This host.
    public static let live = HostProbe(
        hostName: { HostName.current },
        variable: { ProcessInfo.processInfo.environment[$0] },
        run: { Command.run($0, within: $1) },
        freeBytes: { path in
            var information = statvfs()
            guard statvfs(path, &information) == 0 else { return nil }
            let (bytes, overflow) = Int(information.f_bavail).multipliedReportingOverflow(by: Int(information.f_frsize))
            return overflow ? .max : bytes
        },
        tryFolder: tryFolder,
        files: files,
        exists: { access($0, F_OK) == 0 },
        openFiles: {
            var limit = rlimit()
            guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
            return Int(clamping: limit.rlim_cur)
        },
        interfaces: { NetworkInterfaces.current },
        processors: { ProcessorLimit.current() },
        machineProcessors: {
            let count = sysconf(Int32(_SC_NPROCESSORS_ONLN))
            return count > 0 ? count : nil
        },
        memory: { MemoryLimit.available() },
        now: { Date().timeIntervalSince1970 })

    private static func tryFolder(_ path: String) -> (refusal: String?, hasLocks: Bool?) {
        let name = "\(path)/.lockstep-doctor-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        let opened = open(name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard let file = FileDescriptor(owning: opened) else { return (String(cString: strerror(errno)), nil) }
        defer { unlink(name) }
        // a page that is written shows whether the disk, or the user's quota, is full
        let page = [UInt8](repeating: 1, count: 4096)
        guard write(file.number, page, page.count) == page.count, fsync(file.number) == 0 else {
            return (String(cString: strerror(errno)), nil)
        }
        return (nil, flock(file.number, LOCK_EX | LOCK_NB) == 0)
    }

    private static func files(_ path: String, _ limit: Int) -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return [] }
        guard isFolder.boolValue else { return [path] }
        var found: [String] = []
        for case let name as String in FileManager.default.enumerator(atPath: path) ?? .init() {
            var information = stat()
            let file = "\(path)/\(name)"
            if stat(file, &information) == 0, information.st_mode & S_IFMT == S_IFREG { found.append(file) }
            if found.count == 10 * limit { break }
        }
        return Array(found.sorted().prefix(limit))
    }
}
