import Checkpoints
import Synchronization
import Testing
import TestSupport

@Suite("A store with one writer at a time")
struct FenceTests {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    /// Counts the calls of a fence, and refuses from a given one on.
    private final class Fence: Sendable {
        let calls = Atomic(0)
        let allowed: Int
        init(allowed: Int) { self.allowed = allowed }

        func check() throws(CheckpointError) {
            let call = calls.add(1, ordering: .relaxed).newValue
            if call > allowed { throw .overtaken(reason: "generation 2 writes") }
        }
    }

    private func store(_ fence: Fence, keep: Int = 9) -> CheckpointStore {
        CheckpointStore(directory: folder.path, keep: keep, fence: { () throws(CheckpointError) in try fence.check() })
    }

    @Test("writes nothing once it has been overtaken, at whichever rename that is found")
    func overtaken() throws {
        try CheckpointStore(directory: folder.path, keep: 9).save(.example(step: 2, mark: 1))
        // replacing a checkpoint and marking it takes two renames and a link
        for allowed in 0..<3 {
            let before = try files(below: folder.path)
            let fence = Fence(allowed: allowed)
            #expect(
                complaint { try store(fence).save(.example(step: 2, mark: 7), isBest: true) } == "generation 2 writes")
            #expect(fence.calls.load(ordering: .relaxed) >= allowed + 1)
            let newest = try CheckpointStore(directory: folder.path, keep: 9).newest { Issue.record("\($0)") }
            if allowed < 2 {
                #expect(newest == .example(step: 2, mark: 1))
                if allowed == 0 { #expect(try files(below: folder.path) == before) }
                try CheckpointStore(directory: folder.path, keep: 9).removeLeftovers()
            } else {
                #expect(newest == .example(step: 2, mark: 7))
            }
        }
    }

    @Test("prunes nothing once it has been overtaken")
    func pruning() throws {
        for step in 1...3 { try CheckpointStore(directory: folder.path, keep: 9).save(.example(step: step)) }
        #expect(complaint { try store(Fence(allowed: 1), keep: 1).save(.example(step: 4)) } == "generation 2 writes")
        #expect(try CheckpointStore(directory: folder.path, keep: 9).steps() == [1, 2, 3, 4])
    }

    @Test("replaces no state once it has been overtaken")
    func updating() throws {
        try CheckpointStore(directory: folder.path, keep: 9).save(.example(step: 1))
        let before = try files(below: folder.path)
        var state = RunState.example(step: 1)
        state.data = "other"
        #expect(complaint { _ = try store(Fence(allowed: 0)).update(state) } == "generation 2 writes")
        #expect(try files(below: folder.path) == before)
    }

    @Test("removes what any other process has left, since none of them may write any longer")
    func leftovers() throws {
        // process 1 of this host lives; another host's cannot be asked
        for name in [".tmp-step-00000002-1", ".tmp-step-00000002-7@elsewhere"] { try folder.createFolder(name) }
        try CheckpointStore(directory: folder.path, keep: 9).removeLeftovers()
        #expect(try folder.names().count == 2)
        try store(Fence(allowed: 99)).removeLeftovers()
        #expect(try folder.names() == [])
    }

    @Test("keeps the checkpoints of every so many steps for good")
    func keepEvery() throws {
        let store = CheckpointStore(directory: folder.path, keep: 2, keepEvery: 10)
        for step in [5, 10, 15, 20, 25, 30, 35] { try store.save(.example(step: step)) }
        #expect(try store.steps() == [10, 20, 30, 35])
        try store.save(.example(step: 40), isBest: true)
        try store.save(.example(step: 45))
        try store.save(.example(step: 47))
        try store.save(.example(step: 48))
        #expect(try store.steps() == [10, 20, 30, 40, 47, 48])
    }

    @Test("pauses after each block that is read or written")
    func pauses() throws {
        let pauses = Counter()
        let store = CheckpointStore(directory: folder.path, keep: 1, fence: nil, pause: { pauses.add() })
        var checkpoint = Checkpoint.example(step: 1)
        checkpoint.optimizer = [
            NamedTensor(name: "large", shape: [600_000], values: Array(repeating: 1, count: 600_000))
        ]
        try store.save(checkpoint)
        // 2.4 MB are three blocks, and the two small tensors one each: once for the checksum, once for the file
        #expect(pauses.count == 2 * (3 + 2))
    }

    private final class Counter: Sendable {
        private let value = Atomic(0)
        var count: Int { value.load(ordering: .relaxed) }
        func add() { value.add(1, ordering: .relaxed) }
    }
}
