import Checkpoints
import Foundation
import Testing
import TestSupport

@Suite("A save that fails")
struct SaveFailureTests {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    /// Runs a program and returns whether it ended well.
    private static func run(_ program: String, _ arguments: String...) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    /// Whether a small file system in memory can be mounted, as it can for root outside of most containers.
    private static let canMount: Bool = {
        guard let folder = try? TemporaryFolder(), run("/bin/mount", "-t", "tmpfs", "none", folder.path) else {
            return false
        }
        return run("/bin/umount", folder.path)
    }()

    @Test("on a full disk says path, reason and need, and leaves the earlier checkpoints", .enabled(if: canMount))
    func fullDisk() throws {
        try #require(Self.run("/bin/mount", "-t", "tmpfs", "-o", "size=64k", "none", folder.path))
        defer { _ = Self.run("/bin/umount", folder.path) }
        let store = CheckpointStore(directory: folder.path, keep: 2)
        try store.save(.example(step: 1))
        var large = Checkpoint.example(step: 2)
        large.optimizer = [NamedTensor(name: "large", shape: [100_000], values: Array(repeating: 1, count: 100_000))]

        let message = try #require(complaint { try store.save(large) })
        #expect(message.hasPrefix("cannot save the checkpoint \(folder("step-00000002")), which needs 400"))
        #expect(
            message.contains("/optimizer.safetensors: No space left on device; the earlier checkpoints are untouched"))
        #expect(!message.contains("\n"))
        #expect(try folder.names() == ["step-00000001"])
        #expect(try store.newest { Issue.record("unexpected warning: \($0)") } == .example(step: 1))
        try store.save(.example(step: 2))
        #expect(try store.steps() == [1, 2])
    }

    @Test("under a file in the place of its folder says so")
    func notAFolder() throws {
        try folder.write([], to: "file")
        let store = CheckpointStore(directory: folder("file/checkpoints"), keep: 1)
        let message = try #require(complaint { try store.save(.example(step: 1)) })
        #expect(
            message.contains("\(folder("file/checkpoints")): Not a directory; the earlier checkpoints are untouched"))
        #expect(
            complaint { _ = try store.newest { _ in } } == "cannot list \(folder("file/checkpoints")): Not a directory")
    }

    @Test("for want of permission says so", .enabled(if: geteuid() != 0, "root may write everywhere"))
    func permission() throws {
        try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder.path)
        let store = CheckpointStore(directory: folder.path, keep: 1)
        let message = try #require(complaint { try store.save(.example(step: 1)) })
        #expect(message.contains("Permission denied; the earlier checkpoints are untouched"))
    }

    @Test("where nobody may create a folder says so")
    func noFolders() throws {
        let store = CheckpointStore(directory: "/proc/checkpoints", keep: 1)
        let message = try #require(complaint { try store.save(.example(step: 1)) })
        #expect(message.contains("cannot create /proc/checkpoints: "))
        #expect(message.contains("; the earlier checkpoints are untouched; "))
    }

    @Test("only in removing an old checkpoint says that the new one is saved", .enabled(if: canMount))
    func notPruned() throws {
        let store = CheckpointStore(directory: folder.path, keep: 1)
        // The system does not rename a folder on which something is mounted.
        try folder.createFolder("step-00000001")
        try #require(Self.run("/bin/mount", "-t", "tmpfs", "none", folder("step-00000001")))
        defer { _ = Self.run("/bin/umount", folder("step-00000001")) }
        let message = try #require(complaint { try store.save(.example(step: 2)) })
        #expect(message.hasPrefix("saved the checkpoint \(folder("step-00000002")), but cannot rename "))
        #expect(message.contains("Device or resource busy; remove the old checkpoints by hand"))
        #expect(try store.load(step: 2) == .example(step: 2))
    }
}
