import Checkpoints
import Foundation
import Testing
import TestSupport

/// Each test puts on the disk what a writer leaves that is killed at one moment of saving step 2 or of pruning.
@Suite("A writer that was killed")
struct KillTests {
    let folder: TemporaryFolder
    let store: CheckpointStore

    /// A process number beyond Linux's largest, 2²², so that no process has it.
    private let dead = 4_194_305

    init() throws {
        folder = try TemporaryFolder()
        store = CheckpointStore(directory: folder.path, keep: 10)
        try store.save(.example(step: 1))
    }

    private func newest() throws -> Checkpoint? {
        try store.newest { Issue.record("unexpected warning: \($0)") }
    }

    private func savingCleansUp() throws {
        try store.save(.example(step: 3))
        #expect(try folder.names().filter { $0.hasPrefix(".") } == [])
        #expect(try newest() == .example(step: 3))
    }

    @Test("while it wrote leaves the earlier checkpoint the newest, and is cleaned up after")
    func halfWritten() throws {
        try folder.createFolder(".tmp-step-00000002-\(dead)")
        try folder.write([1, 2, 3], to: ".tmp-step-00000002-\(dead)/model.safetensors")
        #expect(try newest() == .example(step: 1))
        try savingCleansUp()
        #expect(try store.steps() == [1, 3])
    }

    @Test("before the renaming leaves the earlier checkpoint the newest")
    func notRenamed() throws {
        try store.save(.example(step: 2))
        try folder.move("step-00000002", to: ".tmp-step-00000002-\(dead)")
        #expect(try newest() == .example(step: 1))
        try savingCleansUp()
        #expect(try store.steps() == [1, 3])
    }

    @Test("between the two renamings of a replacement leaves the replaced checkpoint in force")
    func setAside() throws {
        try store.save(.example(step: 2, mark: 1))
        try folder.move("step-00000002", to: ".old-step-00000002-\(dead)")
        try folder.copy("step-00000001", to: ".tmp-step-00000002-\(dead)")
        #expect(try newest() == .example(step: 2, mark: 1))
        #expect(try store.load(step: 2) == .example(step: 2, mark: 1))
        #expect(try store.steps() == [1, 2])
        try savingCleansUp()
        #expect(try folder.names() == ["step-00000001", "step-00000002", "step-00000003"])
        #expect(try store.load(step: 2) == .example(step: 2, mark: 1))
    }

    @Test("before it removed what it replaced leaves the new one in force")
    func notRemoved() throws {
        try store.save(.example(step: 2, mark: 1))
        try folder.copy("step-00000002", to: ".old-step-00000002-\(dead)")
        try store.save(.example(step: 2, mark: 5))
        #expect(try newest() == .example(step: 2, mark: 5))
        try savingCleansUp()
        #expect(try store.load(step: 2) == .example(step: 2, mark: 5))
    }

    @Test("while it pruned leaves nothing that looks like a checkpoint")
    func halfPruned() throws {
        try folder.move("step-00000001", to: ".tmp-step-00000001-\(dead)")
        try folder.remove(".tmp-step-00000001-\(dead)/state.json")
        #expect(try newest() == nil)
        try savingCleansUp()
        #expect(try store.steps() == [3])
    }

    @Test("is told from one that lives: its folder stays")
    func livingWriter() throws {
        // Process 1 lives as long as the system.
        let name = ".tmp-step-00000002-1"
        try folder.createFolder(name)
        try store.removeLeftovers()
        #expect(try folder.names() == [name, "step-00000001"])
    }

    @Test("had this process's own number, as happens in containers: its folder goes")
    func ownNumber() throws {
        try folder.createFolder(".tmp-step-00000002-\(ProcessInfo.processInfo.processIdentifier)")
        try store.removeLeftovers()
        #expect(try folder.names() == ["step-00000001"])
    }

    @Test("does not make the store touch what it has not named")
    func foreignNames() throws {
        let names = [".tmp-step-2-\(dead)", ".tmp-step-00000002", "step-2", "notes", ".tmp-\(dead)", "step-0000000x"]
        for name in names { try folder.createFolder(name) }
        try store.save(.example(step: 3))
        #expect(Set(try folder.names()) == Set(names + ["step-00000001", "step-00000003"]))
        #expect(try store.steps() == [1, 3])
    }
}
