import Communication
import Doctor
import Foundation
import Machine
import Testing
import TestSupport

@Suite("The facts of a host")
struct ProbeTests {
    private func problems(_ change: (inout HostProbe) -> Void) -> [Finding] {
        var probe = HostProbe.healthy
        change(&probe)
        var facts = HostFacts(probe, .example, .example)
        facts.ranks = [HostFacts.Rank(rank: 0, processors: probe.processors().allowed, threads: 1)]
        return Diagnosis([facts], .example).findings.filter { $0.level != .ok }
    }

    @Test("come from the system, and are judged as they are")
    func planted() {
        #expect(problems { _ in } == [])
        func expect(_ check: String, _ text: String, _ plant: (inout HostProbe) -> Void) {
            let found = problems(plant)
            #expect(found.count == 1 && found[0].check == check && found[0].text.contains(text), "\(check): \(found)")
        }
        func expect(_ check: String, _ text: String, when command: String, says output: String?) {
            expect(check, text) { probe in
                let answer = probe.run
                probe.run = { words, limit in
                    guard words[0] == command else { return answer(words, limit) }
                    return output.map { HostProbe.Answer(code: 0, output: $0) }
                }
            }
        }
        func expect(_ check: String, _ text: String, in folder: String, refusal: String?, hasLocks: Bool?) {
            expect(check, text) { probe in
                probe.variable = { $0 == "TMPDIR" ? "/scratch" : nil }
                probe.tryFolder = { path in path == folder ? (refusal, hasLocks) : (nil, true) }
            }
        }
        expect(
            "TMPDIR", "/scratch cannot be written to: No such", in: "/scratch", refusal: "No such file", hasLocks: nil)
        expect("run folder", "No space left", in: "/home/me/runs", refusal: "No space left on device", hasLocks: nil)
        expect("run folder", "has no locks", in: "/home/me/runs", refusal: nil, hasLocks: false)
        expect("/dev/shm", "for 1 rank") { probe in probe.freeBytes = { $0 == "/dev/shm" ? 65536 : 1 << 40 } }
        expect("open files", "may have 20 files open") { probe in probe.openFiles = { 20 } }
        expect("CPU quota", "0.50 processors") { probe in
            probe.processors = { ProcessorLimit(allowed: [0], quota: 0.5) }
        }
        expect("data", "there is nothing at /data") { probe in probe.files = { _, _ in [] } }
        expect(
            "installation", "misses libdnnl.so.3, libmpi.so.40", when: "ldd",
            says: "\tlibdnnl.so.3 => not found\n\tlibc.so.6 => /lib/libc.so.6 (0x1)\n\tlibmpi.so.40 => not found\n")
        expect(
            "MPI", "mpirun is of Open MPI v5.0.11, the library of the program of Open MPI v4.1.4", when: "mpirun",
            says: "mpirun (Open MPI) 5.0.11\n")
        expect("MPI", "no mpirun", when: "mpirun", says: nil)
    }

    @Test("of this host are those of the system")
    func live() throws {
        let folder = try TemporaryFolder()
        try folder.createFolder("data")
        try folder.write(Array("abc".utf8), to: "data/x")
        let probe = HostProbe.live
        // FIPS 180-4, the example of one block
        let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        let request = DoctorRequest(data: [folder("data")], runs: folder("none/runs"))
        let facts = HostFacts(probe, .example, request)
        #expect(facts.dataHashes == [folder("data/x"): hash])
        #expect(facts.runs?.path == folder.path && facts.runs?.refusal == nil && facts.runs?.hasLocks == true)
        #expect(try folder.names() == ["data"])
        #expect(facts.host == HostName.current && facts.openFiles ?? 0 > 0 && facts.machineProcessors ?? 0 > 0)
        #expect(probe.run(["lockstep-no-such-program"], 1) == nil)
        #expect(probe.run(["sleep", "5"], 0.2) == nil)
        let answer = try #require(probe.run(["sh", "-c", "echo out; echo err >&2; exit 3"], 10))
        #expect(answer.code == 3 && answer.output == "out\nerr\n")
        let full = HostProbe.live.tryFolder("/proc")
        #expect(full.refusal != nil && full.hasLocks == nil)
    }

    @Test("A full disk is told from one with room", .enabled(if: TemporaryFileSystem.isPermitted))
    func fullDisk() throws {
        let folder = try TemporaryFolder()
        let disk = try TemporaryFileSystem("disk", in: folder, options: "size=64k")
        #expect(HostProbe.live.tryFolder(folder("disk")).refusal == nil)
        _ = try Job(["dd", "if=/dev/zero", "of=\(folder("disk/filler"))", "bs=4k"], in: "/").finish()
        #expect(HostProbe.live.tryFolder(folder("disk")).refusal == "No space left on device")
        #expect(try folder.names(in: "disk") == ["filler"])
        withExtendedLifetime(disk) {}
    }

    @Test("of several ranks are collected once for each host, with clocks and links", arguments: [1, 2, 3])
    func collective(ranks: Int) throws {
        let folder = try TemporaryFolder()
        let request = DoctorRequest(data: [], runs: folder("runs"), measuresPeak: false)
        let all = try InProcessCommunicator.run(ranks: ranks) { communicator in
            var probe = HostProbe.healthy
            let rank = communicator.rank
            // ranks 0 and 2 are on one host; the clock of the other is ten seconds ahead
            probe.hostName = { "node\(rank % 2)" }
            probe.exists = {
                FileManager.default.fileExists(atPath: $0) && !(rank == 1 && $0.contains(".lockstep-doctor"))
            }
            probe.now = { Date().timeIntervalSince1970 + (rank == 1 ? 10 : 0) }
            return try Examination(request, of: .example, threads: 1, probe: probe).hosts(over: communicator)
        }
        #expect(all.allSatisfy { $0 == all[0] })
        let hosts = all[0]
        #expect(hosts.map(\.host) == Array(["node0", "node1"].prefix(min(ranks, 2))))
        #expect(hosts[0].ranks.map(\.rank) == (ranks == 3 ? [0, 2] : [0]))
        #expect(hosts[0].runs?.seesMarker == true)
        #expect(try folder.names() == [])
        guard ranks > 1 else { return }
        #expect(hosts[1].runs?.seesMarker == false)
        #expect(abs(try #require(hosts[1].clockOffset) + 10) < 1)
        #expect(try #require(hosts[1].linkBytesPerSecond) > 0)
        let problems = Diagnosis(hosts, request).findings.filter { $0.level != .ok }
        #expect(Set(problems.map(\.check)).isSuperset(of: ["clocks", "run folder"]))
    }
}

@Suite("The hosts of a hostfile")
struct RemoteHostTests {
    @Test("are read as launch/cluster reads them; what could be an option of ssh is refused")
    func hostfile() throws {
        let text = "\n# comment\nnode1 slots=4 # four\r\nme@node2.example\nnode1 slots=2\n"
        #expect(
            try RemoteHosts.parse(text, "f") == [
                RemoteHosts.Host(name: "node1", slots: 6), RemoteHosts.Host(name: "me@node2.example", slots: 0),
            ])
        for line in ["-oProxyCommand=touch x", "a;b", "$(x)", "a b@c\nd e\n`f`", "-", "me@-x"] {
            #expect(message { _ = try RemoteHosts.parse(line, "f") } != "no error" || line.hasPrefix("a b"))
        }
        #expect(message { _ = try RemoteHosts.parse("# none\n", "f") }.contains("it names no host"))
    }

    @Test("are asked by words that a shell leaves alone")
    func quoting() throws {
        let word = "a 'b' $(touch x) \"c\" `d` \\ ; & | é"
        let answer = try #require(HostProbe.live.run(["sh", "-c", "printf %s " + RemoteHosts.quoted(word)], 10))
        #expect(answer.output == word)
    }

    @Test("answer among other lines, or not at all, and are named with the reason")
    func answers() throws {
        let folder = try TemporaryFolder()
        try folder.write(Array("good slots=2\nsilent\ncold\nlost\nlocalhost\n".utf8), to: "hosts")
        var probe = HostProbe.healthy
        let facts = try Examination(.example, of: .example, threads: 1, probe: .healthy).facts()
        probe.run = { words, _ in
            guard words[0] == "ssh", let command = words.last else {
                // this host is asked without ssh
                return HostProbe.Answer(code: 0, output: words[0] == "date" ? "1000" : RemoteHosts.linePrefix + facts)
            }
            #expect(words.contains("BatchMode=yes"))
            let isClock = command.hasPrefix("'date'")
            switch words[words.count - 2] {
            case "good":
                return HostProbe.Answer(
                    code: 0, output: isClock ? "1000.5\n" : "Welcome!\n\(RemoteHosts.linePrefix)\(facts)\nBye\n")
            case "cold":
                return isClock
                    ? HostProbe.Answer(code: 0, output: "1\n")
                    : HostProbe.Answer(code: 127, output: "sh: 1: /opt/lockstep: not found\n")
            case "lost":
                return HostProbe.Answer(code: 255, output: "ssh: connect to host lost port 22: No route to host\n")
            default: return nil
            }
        }
        probe.now = { 1000 }
        let hosts = try RemoteHosts(hostfile: folder("hosts"), of: .example, probe: probe).facts(.example)
        #expect(hosts.map(\.name) == ["good", "silent", "cold", "lost", "localhost"])
        #expect(hosts[0].failure == nil && hosts[0].ranks.map(\.rank) == [0, 1] && hosts[0].clockOffset == -0.5)
        #expect(hosts[1].failure == "it does not answer ssh within 15 s")
        #expect(hosts[2].failure == "/opt/lockstep does not run there: sh: 1: /opt/lockstep: not found")
        #expect(hosts[3].failure == "ssh fails: ssh: connect to host lost port 22: No route to host")
        #expect(hosts[4].failure == nil && hosts[4].clockOffset == 0)
        let errors = Diagnosis(hosts, .example).findings.filter { $0.level == .error }
        #expect(errors.map(\.host) == ["silent", "cold", "lost"] && errors.allSatisfy { $0.check == "hosts" })
    }
}
