import Testing

import Machine

@Suite("The processors that a process may use")
struct ProcessorLimitTests {
    private func limit(_ contents: [String: String]) -> ProcessorLimit {
        ProcessorLimit.current(SystemFiles { contents[$0] })
    }

    @Test("are those of its affinity mask")
    func mask() {
        let found = limit(["/proc/self/status": "Name:\tx\nCpus_allowed:\t10f\nCpus_allowed_list:\t0-3,8\n"])
        #expect(found.allowed == [0, 1, 2, 3, 8])
        #expect(found.threads == 5)
        #expect(ProcessorLimit.list(found.allowed) == "0-3,8")
    }

    @Test(
        "are fewer by the quota of a control group of either version, rounded up",
        arguments: zip(
            [
                ["/sys/fs/cgroup/a/cpu.max": "150000 100000\n"], ["/sys/fs/cgroup/cpu.max": "100000 100000\n"],
                ["/sys/fs/cgroup/a/cpu.max": "max 100000\n"], ["/sys/fs/cgroup/a/cpu.max": "max\n"],
                ["/cpu/b/cpu.cfs_quota_us": "250000\n", "/cpu/b/cpu.cfs_period_us": "100000\n"],
                ["/cpu/b/cpu.cfs_quota_us": "-1\n", "/cpu/b/cpu.cfs_period_us": "100000\n"],
            ], [2, 1, 4, 4, 3, 4]))
    func quota(files: [String: String], threads: Int) {
        let found = limit(
            files.merging([
                "/proc/self/status": "Cpus_allowed_list:\t0-3\n", "/proc/self/cgroup": "3:cpu,cpuacct:/b\n0::/a\n",
                "/proc/self/mountinfo": "35 31 0:32 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"
                    + "36 31 0:33 / /cpu rw - cgroup cgroup rw,cpu,cpuacct\n",
            ]) { first, _ in first })
        #expect(found.threads == threads)
    }

    @Test("are at least one, whatever the files say")
    func nonsense() {
        #expect(limit([:]).threads >= 1)
        #expect(limit(["/proc/self/status": "Cpus_allowed_list:\t3-1,x,-,99999999999\n"]).allowed.isEmpty)
    }

    @Test("OMP_NUM_THREADS is a number, or a list whose first counts")
    func openMP() {
        #expect(ThreadCount.parse("4") == 4)
        #expect(ThreadCount.parse(" 2 , 8") == 2)
        for text in ["", "0", "-1", "x", "1025", "2x", ",3", "99999999999999999999"] {
            #expect(ThreadCount.parse(text) == nil, "\(text)")
        }
    }
}
