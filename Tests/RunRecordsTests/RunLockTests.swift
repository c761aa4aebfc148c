import Checkpoints
import Foundation
import RunRecords
import Testing
import TestSupport

@Suite("The lock of a run directory")
struct RunLockTests {
    let folder: TemporaryFolder
    let directory: RunDirectory

    init() throws {
        folder = try TemporaryFolder()
        directory = try RunDirectory.create(at: folder("run"))
    }

    private func start(_ generation: Int?, job: String? = "a", process: Int32 = 7) -> StartIdentity {
        StartIdentity(generation: generation, job: job, host: "node\(process)", process: process)
    }

    private func lock(_ generation: Int?, job: String? = "a", process: Int32 = 7) throws -> RunLock {
        try directory.lock(for: start(generation, job: job, process: process))
    }

    private var inUse: String {
        "\(directory.path) is in use by a run that is still going; wait for its end or stop it, or choose another --run-dir"
    }

    @Test("The start of a process is numbered and named by the launcher")
    func identity() throws {
        let own = try StartIdentity.current([:])
        #expect(own.generation == nil && own.job == nil && own.process == getpid() && !own.host.isEmpty)
        let numbered = try StartIdentity.current(["LOCKSTEP_GENERATION": "12", "LOCKSTEP_JOB": "n1-5"])
        #expect(numbered.generation == 12 && numbered.job == "n1-5")
        for text in ["0", "-1", "", "1.5", "x\u{1b}"] {
            let line = message { _ = try StartIdentity.current(["LOCKSTEP_GENERATION": text]) }
            #expect(line.hasPrefix("LOCKSTEP_GENERATION is \"") && line.contains("from 1") && !line.contains("\u{1b}"))
        }
    }

    @Test("keeps a second start out, whatever neither, one or both say of generations")
    func held() throws {
        for (holder, second, job) in [
            (nil, nil, "a"), (nil, 2, "a"), (2, nil, "a"), (2, 2, "a"), (2, 1, "a"), (1, 2, "other"), (1, 2, nil),
        ] as [(Int?, Int?, String?)] {
            try? folder.remove("run/.lock")
            let lock = try lock(holder)
            #expect(message { _ = try self.lock(second, job: job, process: 8) } == inUse)
            try lock.check()
        }
    }

    @Test("goes to a later start of the same job, and the leftover finds that at its next rename")
    func overtaken() throws {
        let old = try lock(1, process: 7)
        let new = try lock(3, process: 8)
        try new.check()
        let text =
            "\(directory.path) is written by a later start now (generation 3, process 8 on node8): this one (generation 1, process 7 on node7) ends, and has changed nothing there since"
        #expect(message { try old.check() } == text)
        #expect(message { _ = try old.restore() } == text)
        // the lock is held all the while
        #expect(message { _ = try lock(nil, process: 9) } == inUse)
        withExtendedLifetime((old, new)) {}
    }

    @Test("is refused to a leftover that comes after the later start has ended; another job may begin at 1")
    func late() throws {
        _ = try lock(3)
        #expect(
            message { _ = try lock(2) }.contains("is written by a later start now (generation 3, process 7 on node7)"))
        for (generation, job) in [(1, "b"), (nil, nil)] as [(Int?, String?)] {
            try lock(generation, job: job).check()
        }
    }

    @Test("is free when its holder has ended, also after a lock file of an earlier version, or one with other words")
    func free() throws {
        for text in ["", "{}", "{\"generation\":\"x\"}", String(repeating: "[", count: 100_000)] {
            try Data(text.utf8).write(to: URL(filePath: directory.path + "/.lock"))
            try lock(2).check()
            try lock(2).check()
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        #expect(names == [".lock"])
        let mode = try FileManager.default.attributesOfItem(atPath: directory.path + "/.lock")[.posixPermissions]
        #expect(mode as? Int == 0o600)
    }

    @Test("can be made again with the directory, when that was removed; not when another start has taken the place")
    func removed() throws {
        let lock = try lock(nil, process: 7)
        #expect(try !lock.restore())
        try FileManager.default.removeItem(atPath: directory.path)
        #expect(message { try lock.check() } == "cannot write into \(directory.path): it was removed")
        #expect(try lock.restore())
        try lock.check()
        #expect(message { _ = try self.lock(nil, process: 8) } == inUse)

        try FileManager.default.removeItem(atPath: directory.path)
        _ = try RunDirectory.create(at: directory.path)
        let other = try self.lock(nil, process: 8)
        #expect(message { _ = try lock.restore() }.contains("is written by a later start now (process 8 on node8)"))
        try other.check()
    }

    @Test("A directory that was removed is made again with settings, manifest and all records")
    func keeper() throws {
        try directory.write(settings: "seed: 3\n")
        let keeper = try RunDirectoryKeeper(directory, try lock(nil))
        let watched = Watched(columns: nil)
        let log = try RunLog(directory: directory, reporter: watched.reporter, keeper: keeper)
        try log.step(exampleStep(50))
        try FileManager.default.removeItem(atPath: directory.path)
        try log.step(exampleStep(100))
        try log.finished(exampleSummary())
        #expect(try contents(of: directory.settingsPath) == "seed: 3\n")
        let lines = try contents(of: directory.metricsPath).split(separator: "\n")
        #expect(
            lines.map { MetricsRecord(line: $0)?.line } == [
                MetricsRecord.step(exampleStep(50)).line, MetricsRecord.step(exampleStep(100)).line,
                MetricsRecord.summary(exampleSummary()).line,
            ])
        #expect(watched.screen.written.contains("warning: \(directory.path) was removed while the run goes on"))
    }

    @Test("A log whose directory another start has taken writes nothing more")
    func overtakenLog() throws {
        let keeper = try RunDirectoryKeeper(directory, try lock(1))
        let log = try RunLog(directory: directory, reporter: Watched(columns: nil).reporter, keeper: keeper)
        try log.step(exampleStep(50))
        let before = try contents(of: directory.metricsPath)
        let new = try lock(2, process: 8)
        #expect(message { try log.step(exampleStep(100)) }.contains("is written by a later start now (generation 2"))
        #expect(message { try keeper.fence() }.contains("is written by a later start now (generation 2"))
        #expect(try contents(of: directory.metricsPath) == before)
        withExtendedLifetime(new) {}
    }

    @Test(
        "Records that cannot be written wait, and are written once they can be, in order and once",
        .enabled(if: TemporaryFileSystem.isPermitted))
    func fullDisk() throws {
        let disk = try TemporaryFileSystem("disk", in: folder, options: "size=64k")
        let directory = try RunDirectory.create(at: folder("disk/run"))
        let watched = Watched(columns: nil)
        let log = try RunLog(directory: directory, reporter: watched.reporter)
        let filler = folder("disk/filler")
        _ = try Job(["dd", "if=/dev/zero", "of=\(filler)", "bs=4k"], in: "/").finish()
        let steps = (1...100).map { exampleStep(50 * $0) }
        for step in steps { try log.step(step) }
        #expect(watched.screen.written.components(separatedBy: "No space left on device; the run goes on").count == 2)
        #expect(message { try log.finished(exampleSummary()) }.contains("No space left on device"))
        try FileManager.default.removeItem(atPath: filler)
        try log.finished(exampleSummary())
        let lines = try contents(of: directory.metricsPath).split(separator: "\n")
        #expect(lines.dropLast(2).map { MetricsRecord(line: $0)?.line } == steps.map { MetricsRecord.step($0).line })
        #expect(watched.screen.written.contains("is written again: no record is lost"))
        withExtendedLifetime(disk) {}
    }
}
