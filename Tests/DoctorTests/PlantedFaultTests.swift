import Doctor
import Machine
import Testing

@Suite("The doctor")
struct PlantedFaultTests {
    /// A fault of the second of three hosts, and what is to be found of it.
    struct Fault: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let level: Finding.Level
        let check: String
        /// Words of the finding's text and of its remedy.
        let text, remedy: String
        let plant: @Sendable (inout HostFacts) -> Void

        init(
            _ name: String, _ level: Finding.Level, _ check: String, _ text: String, _ remedy: String,
            _ plant: @escaping @Sendable (inout HostFacts) -> Void
        ) {
            (testDescription, self.level, self.check) = (name, level, check)
            (self.text, self.remedy, self.plant) = (text, remedy, plant)
        }
    }

    static let faults: [Fault] = [
        Fault("unreachable", .error, "hosts", "does not answer ssh", "ssh node2 true") {
            $0 = HostFacts(host: "node2")
            $0.failure = "it does not answer ssh within 15 s"
        },
        Fault("missing library", .error, "installation", "misses libdnnl.so.3", "install the packages") {
            $0.missingLibraries = ["libdnnl.so.3"]
        },
        Fault("no launcher", .warning, "MPI", "no mpirun in PATH", "apt-get install openmpi-bin") { $0.launcher = nil },
        Fault("other launcher", .error, "MPI", "mpirun is of Open MPI v5.0.1, the library", "first in PATH") {
            $0.launcher = "Open MPI v5.0.1"
        },
        Fault("other library", .error, "MPI", "Open MPI v4.1.4 on node1", "one version") {
            ($0.launcher, $0.library) = ("Open MPI v4.1.1", "Open MPI v4.1.1")
        },
        Fault("other program", .error, "program", "SHA-256 cccccccccccc…, and aaaaaaaaaaaa… on node1", "copy one build")
        {
            $0.programHash = String(repeating: "c", count: 64)
        },
        Fault("other data", .error, "data", "/data/b is not as on node1", "copy the data") {
            $0.dataHashes?["/data/b"] = "3"
        },
        Fault("missing data", .error, "data", "/data/a, /data/b are not as on node1", "copy the data") {
            $0.dataHashes = [:]
        },
        Fault("clock behind", .warning, "clocks", "its clock is 7.0 s behind that of node1", "chrony") {
            $0.clockOffset = 7
        },
        Fault("clock ahead", .warning, "clocks", "its clock is 90.5 s ahead of that of node1", "chrony") {
            $0.clockOffset = -90.5
        },
        Fault("no interface", .error, "network", "no network interface is up", "ip link set") { $0.interfaces = [] },
        Fault("other network", .warning, "network", "no network in common", "LOCKSTEP_NETWORK") {
            $0.interfaces = [HostFacts.Interface(name: "eth0", address: "10.9.0.2", network: "10.9.0.0/24")]
        },
        Fault("slow link", .warning, "links", "0.08 Gbit/s", "compress gradients") { $0.linkBytesPerSecond = 1e7 },
        Fault("late link", .warning, "links", "5000 µs", "LOCKSTEP_NETWORK") { $0.linkLatency = 5e-3 },
        Fault(
            "unshared run folder", .warning, "run folder", "does not share /home/me/runs with node1",
            "share that folder"
        ) {
            $0.runs?.seesMarker = false
        },
        Fault("unwritable TMPDIR", .error, "TMPDIR", "/tmp cannot be written to: Permission denied", "set TMPDIR") {
            $0.temporary?.refusal = "Permission denied"
        },
        Fault("full TMPDIR", .error, "TMPDIR", "and Open MPI needs", "free some") { $0.temporary?.freeBytes = 1 << 20 },
        Fault("tiny /dev/shm", .warning, "/dev/shm", "for 4 ranks", "--shm-size") {
            $0.sharedMemory?.freeBytes = 1 << 16
        },
        Fault("unwritable /dev/shm", .warning, "/dev/shm", "Read-only file system", "--shm-size") {
            $0.sharedMemory?.refusal = "Read-only file system"
        },
        Fault("mask of one core", .warning, "cores", "4 threads of 4 ranks share 1 processor, of 4", "affinity mask") {
            for index in $0.ranks.indices { $0.ranks[index].processors = [3] }
        },
        Fault("narrow mask of a rank", .warning, "cores", "rank 9 has 2 threads and may use processor 1 only", "PE=2") {
            $0.ranks =
                [HostFacts.Rank(rank: 9, processors: [1], threads: 2)] + [
                    HostFacts.Rank(rank: 10, processors: [2, 3], threads: 1)
                ]
        },
        Fault("quota", .warning, "CPU quota", "the time of 1.50 processors to 4 threads", "cpu.max") { $0.quota = 1.5 },
        Fault("little memory", .error, "memory", "available to 4 ranks, by its control group", "raise the limit") {
            ($0.memoryBytes, $0.memorySource) = (100 << 20, "its control group")
        },
        Fault("few descriptors", .error, "open files", "may have 64 files open, and mpirun needs 68", "ulimit -n") {
            $0.openFiles = 64
        },
        Fault("other processor", .error, "instruction set", "(AVX2) on node1 and x86-64-v4 (AVX-512) on", "other bits")
        {
            $0.instructionSet = "x86-64-v4 (AVX-512)"
        },
        Fault("slow core", .warning, "core peak", "rank 8 computes 20.0 GFLOP/s, the fastest 80.0", "other programs") {
            $0.ranks[0].peak = 20
        },
    ]

    @Test("finds each fault of one host, names the host and says what to do; and finds nothing else", arguments: faults)
    func planted(fault: Fault) throws {
        var hosts = (1...3).map { HostFacts.healthy($0) }
        fault.plant(&hosts[1])
        let diagnosis = Diagnosis(hosts, .example)
        let problems = diagnosis.findings.filter { $0.level != .ok }
        let found = try #require(problems.first, "\(diagnosis.text)")
        #expect(problems.allSatisfy { $0.check == fault.check && $0.level == fault.level }, "\(diagnosis.text)")
        #expect([nil, "node2"].contains(found.host) && found.text.contains(fault.text), "\(diagnosis.text)")
        #expect(found.remedy?.contains(fault.remedy) == true, "\(diagnosis.text)")
        #expect(diagnosis.works == (fault.level < .error))
        #expect(diagnosis.text.contains(fault.text) && diagnosis.text.contains(found.host ?? ""))
        #expect(
            diagnosis.text.hasSuffix(
                fault.level == .error ? "1 error, 0 warnings" : "training will work, with 1 warning"))
    }

    @Test("finds a full or read-only folder of the runs, where rank 0 writes")
    func runFolder() {
        for (refusal, free, locks, level, text) in [
            ("No space left on device", 0, nil, .error, "cannot be written to: No space left on device"),
            (nil, 1 << 20, true, .error, "free"), (nil, 1 << 28, true, .warning, "free"),
            (nil, 1 << 40, false, .warning, "has no locks (flock)"),
        ] as [(String?, Int, Bool?, Finding.Level, String)] {
            var hosts = (1...2).map { HostFacts.healthy($0) }
            hosts[0].runs = HostFacts.Folder(path: "/full", refusal: refusal, freeBytes: free, hasLocks: locks)
            let problems = Diagnosis(hosts, .example).findings.filter { $0.level != .ok }
            #expect(problems.map(\.level) == [level] && problems[0].text.contains(text), "\(problems)")
        }
    }

    @Test("finds a network that is the same on each host and connects none, and names the one that does")
    func docker() {
        var hosts = (1...2).map { HostFacts.healthy($0) }
        for index in hosts.indices {
            hosts[index].interfaces?.append(
                HostFacts.Interface(name: "docker0", address: "172.17.0.1", network: "172.17.0.0/16"))
        }
        let problems = Diagnosis(hosts, .example).findings.filter { $0.level != .ok }
        #expect(problems.count == 1 && problems[0].text.contains("172.17.0.0/16"), "\(problems)")
        #expect(problems[0].remedy?.hasSuffix("LOCKSTEP_NETWORK=10.0.0.0/24") == true)
    }

    @Test("finds nothing on healthy hosts, be it one or many", arguments: [1, 2, 300])
    func healthy(count: Int) {
        let diagnosis = Diagnosis((1...count).map { HostFacts.healthy($0) }, .example)
        #expect(diagnosis.findings.allSatisfy { $0.level == .ok && $0.remedy == nil })
        #expect(diagnosis.works && diagnosis.text.hasSuffix("\ntraining will work"))
        #expect(diagnosis.text.split(separator: "\n").allSatisfy { $0.count <= 600 })
    }

    @Test("puts equal findings of many hosts into one line, and no control character on the screen")
    func grouped() throws {
        var hosts = (1...300).map { HostFacts.healthy($0) }
        for index in hosts.indices { hosts[index].openFiles = 20 }
        hosts[7].missingLibraries = ["lib\u{1b}[2J.so"]
        let text = Diagnosis(hosts, .example).text
        #expect(
            text.contains("node1, node2, node3, node4, node5 and 295 more: a process may have 20 files open"), "\(text)"
        )
        #expect(!text.contains("\u{1b}"))
        #expect(text.hasSuffix("training will not work: 301 errors, 0 warnings"))
        let object = Diagnosis(hosts, .example).json
        #expect(object.contains(#""works" : false"#) && object.contains(#""level" : "error""#))
    }
}
