import Checkpoints
import Foundation
import Testing
import TestSupport

@Suite("The best checkpoint")
struct BestTests {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    private var store: CheckpointStore { CheckpointStore(directory: folder.path, keep: 1) }

    @Test("stays beside the newest ones, until there is a better")
    func stays() throws {
        #expect(try store.bestStep() == nil && store.best() == nil)
        try store.save(.example(step: 1), isBest: true)
        for step in 2...4 { try store.save(.example(step: step)) }
        #expect(try store.steps() == [1, 4])
        #expect(try store.best() == .example(step: 1))
        #expect(try CheckpointStore.load(at: folder("best")) == .example(step: 1))
        try store.save(.example(step: 5), isBest: true)
        // the one before goes with the next save: a run that is killed now may go on from there
        #expect(try store.steps() == [1, 5] && store.bestStep() == 5)
        try store.save(.example(step: 6))
        #expect(try store.steps() == [5, 6] && store.bestStep() == 5)
        #expect(try store.newest { Issue.record("\($0)") }?.step == 6)
    }

    @Test("can be marked afterwards; a step that is not there changes nothing")
    func mark() throws {
        for step in [1, 2] { try CheckpointStore(directory: folder.path, keep: 9).save(.example(step: step)) }
        try store.markBest(step: 2)
        for step in [nil, 7] { try store.markBest(step: step) }
        #expect(try store.bestStep() == 2)
    }

    @Test("is the old one or the new one for a reader, wherever a writer was killed")
    func killed() throws {
        try store.save(.example(step: 1), isBest: true)
        // before the link had its name
        try FileManager.default.createSymbolicLink(
            atPath: folder("best.new"), withDestinationPath: "step-00000002")
        #expect(try store.best() == .example(step: 1))
        // while the best itself was being replaced: it is set aside under the number of a process that there cannot be
        try folder.move("step-00000001", to: ".old-step-00000001-4194305")
        #expect(try store.best() == .example(step: 1))
        try store.save(.example(step: 2), isBest: true)
        #expect(try store.best() == .example(step: 2))
        #expect(try folder.names().sorted() == ["best", "step-00000001", "step-00000002"])
    }

    @Test("that was removed by hand is named")
    func removed() throws {
        try store.save(.example(step: 1), isBest: true)
        try store.save(.example(step: 2))
        try folder.remove("step-00000001")
        #expect(
            complaint { _ = try store.best() }
                == "cannot load step 1 from \(folder.path): found only the steps 2; name one of them")
    }
}
