import Testing

import Machine

/// A 16 GiB machine with 8 GiB free.
private let machine = ["/proc/meminfo": "MemTotal:       16777216 kB\nMemFree: 1 kB\nMemAvailable:    8388608 kB\n"]
private let noLimits = MemoryLimit.Resources(addressSpace: nil, data: nil)

private func files(_ contents: [String: String]) -> SystemFiles {
    let all = machine.merging(contents) { _, new in new }
    return SystemFiles { all[$0] }
}

private let unified = "35 31 0:32 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"
private let hybrid =
    "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory\n"
    + "36 31 0:33 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"

@Suite("The memory that a process may have")
struct MemoryLimitTests {
    @Test("is the machine's where nothing limits it")
    func machineAlone() {
        let total = MemoryLimit.total(files([:]), noLimits)
        #expect(total.bytes == 16 << 30)
        #expect(total.source == "this machine")
        #expect(MemoryLimit.available(files([:]), noLimits).bytes == 8 << 30)
    }

    @Test("is at most that of its control group (version 2), less what is in use and not cached")
    func group() {
        let found = files([
            "/proc/self/cgroup": "0::/a/b\n", "/proc/self/mountinfo": unified,
            "/sys/fs/cgroup/a/b/memory.max": "314572800\n", "/sys/fs/cgroup/a/b/memory.current": "104857600\n",
            "/sys/fs/cgroup/a/b/memory.stat": "anon 1\ninactive_file 4194304\n",
        ])
        #expect(MemoryLimit.total(found, noLimits).bytes == 314_572_800)
        #expect(MemoryLimit.total(found, noLimits).source == "its control group (memory.max)")
        // 300 MiB - (100 MiB - 4 MiB)
        #expect(MemoryLimit.available(found, noLimits).bytes == 204 << 20)
    }

    @Test("is limited by the groups above its own as well")
    func ancestors() {
        let found = files([
            "/proc/self/cgroup": "0::/a/b/c\n", "/proc/self/mountinfo": unified,
            "/sys/fs/cgroup/a/b/c/memory.max": "max\n", "/sys/fs/cgroup/a/memory.max": "1000000\n",
            "/sys/fs/cgroup/a/b/memory.max": "2000000\n",
        ])
        #expect(MemoryLimit.total(found, noLimits).bytes == 1_000_000)
    }

    @Test("is found from within a container, whose group's path begins outside of what is mounted")
    func container() {
        let mounted = "35 31 0:32 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup2 rw\n"
        for path in ["/docker/abc", "/", "/docker/abc/inner", "/../.."] {
            let found = files([
                "/proc/self/cgroup": "0::\(path)\n", "/proc/self/mountinfo": mounted,
                "/sys/fs/cgroup/memory.max": "500000\n",
            ])
            #expect(MemoryLimit.total(found, noLimits).bytes == 500_000, "\(path)")
        }
    }

    @Test("is that of version 1, whose largest number stands for no limit")
    func versionOne() {
        let membership = "4:memory:/jobs/1\n1:cpu,cpuacct:/\n0::/\n"
        let limited = files([
            "/proc/self/cgroup": membership, "/proc/self/mountinfo": hybrid,
            "/sys/fs/cgroup/memory/jobs/1/memory.limit_in_bytes": "314572800\n",
            "/sys/fs/cgroup/memory/jobs/1/memory.usage_in_bytes": "1048576\n",
            "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
        ])
        #expect(MemoryLimit.total(limited, noLimits).bytes == 314_572_800)
        #expect(MemoryLimit.available(limited, noLimits).bytes == 299 << 20)
        let unlimited = files([
            "/proc/self/cgroup": membership, "/proc/self/mountinfo": hybrid,
            "/sys/fs/cgroup/memory/jobs/1/memory.limit_in_bytes": "9223372036854771712\n",
        ])
        #expect(MemoryLimit.total(unlimited, noLimits).source == "this machine")
    }

    @Test("is at most RLIMIT_AS and RLIMIT_DATA, which each process of a host has for itself")
    func resources() {
        let limits = MemoryLimit.Resources(addressSpace: 3 << 30, data: 2 << 30)
        #expect(MemoryLimit.total(files([:]), limits).bytes == 2 << 30)
        #expect(MemoryLimit.total(processes: 4, files([:]), limits).bytes == 8 << 30)
        #expect(MemoryLimit.total(processes: .max, files([:]), limits).bytes == 16 << 30)
        let used = files(["/proc/self/status": "Name: x\nVmSize:\t 1048576 kB\n"])
        #expect(MemoryLimit.available(used, limits).bytes == 1 << 30)
    }

    @Test("is unknown where the system's files are missing or say something else")
    func nonsense() {
        #expect(MemoryLimit.total(SystemFiles { _ in nil }, noLimits).bytes == .max)
        #expect(MemoryLimit.available(SystemFiles { _ in nil }, noLimits).bytes >= .max >> 1)
        let found = files([
            "/proc/self/cgroup": "0::\n::\nx\n0::/a\n", "/proc/self/mountinfo": "1 2\n- - -\n" + unified,
            "/sys/fs/cgroup/a/memory.max": "-5\n", "/proc/meminfo": "MemTotal: 99999999999999999 kB\nMemAvailable: x\n",
        ])
        #expect(MemoryLimit.total(found, noLimits).bytes > 0)
    }
}
