import Checkpoints
import Foundation
import Testing
import TestSupport

@Suite("In a folder that somebody else has prepared")
struct HostileFileTests {
    let folder: TemporaryFolder
    let store: CheckpointStore

    init() throws {
        folder = try TemporaryFolder()
        store = CheckpointStore(directory: folder("run"), keep: 1)
    }

    enum Hostile: CaseIterable { case pipe, folder, device, hole }

    @Test("what is no regular file, or far larger than memory, is passed over at once", arguments: Hostile.allCases)
    func otherFiles(kind: Hostile) throws {
        for name in ["model.safetensors", "optimizer.safetensors", "state.json", "checksums"] {
            let store = CheckpointStore(directory: folder("run"), keep: 2)
            try store.save(.example(step: 1))
            try store.save(.example(step: 2))
            let path = folder("run/step-00000002/\(name)")
            try folder.remove("run/step-00000002/\(name)")
            switch kind {
            case .pipe: #expect(mkfifo(path, 0o600) == 0)
            case .folder: try folder.createFolder("run/step-00000002/\(name)")
            case .device: try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/dev/zero")
            case .hole:
                try Data().write(to: URL(filePath: path))
                #expect(truncate(path, 1 << 42) == 0)
            }
            var warnings: [String] = []
            #expect(try store.newest { warnings.append($0) } == .example(step: 1))
            #expect(warnings.count == 1 && warnings[0].contains(path), "\(warnings)")
        }
    }

    @Test("a tensor that a hole claims is not given memory")
    func hugeTensor() throws {
        let header = #"{"a":{"dtype":"F32","shape":[1099511627776],"data_offsets":[0,4398046511104]}}"#
        try folder.write(safetensors(header), to: "huge")
        #expect(truncate(folder("huge"), off_t(8 + header.utf8.count) + 1 << 42) == 0)
        let file = try SafetensorsFile(path: folder("huge"))
        for body in [{ _ = try file.tensors() }, { _ = try file.tensor(named: "a") }] as [() throws -> Void] {
            #expect(complaint(body)?.contains("the memory that is available") == true)
        }
    }

    @Test("links are replaced, and not written through")
    func links() throws {
        try folder.write([1], to: "precious")
        for name in ["new.safetensors", "new.safetensors.new"] {
            try FileManager.default.createSymbolicLink(
                atPath: folder(name), withDestinationPath: folder("precious"))
        }
        let tensors = Checkpoint.example(step: 1).model
        try SafetensorsFile.write(tensors, to: folder("new.safetensors"))
        #expect(try folder.read("precious") == [1])
        #expect(try SafetensorsFile(path: folder("new.safetensors")).tensors() == tensors)
        #expect(try folder.names() == ["new.safetensors", "precious"])
    }

    @Test("a link to the checkpoints of another run saves, prunes and marks nothing there")
    func otherRun() throws {
        let other = CheckpointStore(directory: folder("other"), keep: 9)
        for step in 1...3 { try other.save(.example(step: step)) }
        try FileManager.default.createSymbolicLink(atPath: folder("run"), withDestinationPath: folder("other"))
        let found = "cannot use \(folder("run")): found a symbolic link to \(folder("other")), "
        let save = complaint { try store.save(.example(step: 4)) }
        #expect(save?.contains(found) == true, "\(save ?? "")")
        for body in [{ try store.removeLeftovers() }, { try store.markBest(step: 1) }] as [() throws -> Void] {
            #expect(complaint(body)?.hasPrefix(found) == true)
        }
        #expect(try other.steps() == [1, 2, 3])
        #expect(try other.bestStep() == nil)
    }

    @Test("a step that is a link is pruned as a link: what it leads to stays")
    func linkedStep() throws {
        let other = CheckpointStore(directory: folder("other"), keep: 9)
        try other.save(.example(step: 1))
        try store.save(.example(step: 2))
        try FileManager.default.createSymbolicLink(
            atPath: folder("run/step-00000001"), withDestinationPath: folder("other/step-00000001"))
        try store.save(.example(step: 3))
        #expect(try store.steps() == [3])
        #expect(try other.load(step: 1) == .example(step: 1))
    }
}
