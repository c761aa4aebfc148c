import Checkpoints
import Testing
import TestSupport

@Suite("Verifying checkpoints")
struct VerificationTests {
    let folder: TemporaryFolder
    let store: CheckpointStore

    init() throws {
        folder = try TemporaryFolder()
        store = CheckpointStore(directory: folder.path, keep: 10)
        for step in 1...3 { try store.save(.example(step: step)) }
    }

    @Test("finds all intact, the oldest first, with their bytes")
    func intact() throws {
        let all = try store.verify()
        #expect(all.map(\.step) == [1, 2, 3] && all.allSatisfy { $0.damage == nil })
        let bytes = try ["model.safetensors", "optimizer.safetensors", "state.json"].map {
            try folder.read("step-00000002/\($0)").count
        }
        #expect(all[1].bytes == bytes.reduce(0, +))
        #expect(CheckpointStore.verify(at: all[1].path + "/") == all[1])
    }

    @Test(
        "finds each changed byte, wherever it is",
        arguments: ["model.safetensors", "optimizer.safetensors", "state.json", "checksums"])
    func damaged(name: String) throws {
        let path = "step-00000002/\(name)"
        let bytes = try folder.read(path)
        for position in bytes.indices {
            var changed = bytes
            changed[position] ^= 4
            try folder.write(changed, to: path)
            let all = try store.verify()
            #expect(all.map { $0.damage == nil } == [true, false, true], "byte \(position)")
            #expect(all[1].step == 2 && all[1].bytes == nil)
            #expect(all[1].damage?.description.contains("step-00000002") == true)
        }
    }

    @Test("finds a file that is missing, cut or renamed")
    func missing() throws {
        try folder.remove("step-00000001/optimizer.safetensors")
        let model = try folder.read("step-00000002/model.safetensors")
        try folder.write(model.dropLast(), to: "step-00000002/model.safetensors")
        try folder.move("step-00000003", to: "step-00000004")
        let all = try store.verify()
        #expect(all.map(\.step) == [1, 2, 4] && all.allSatisfy { $0.damage != nil })
        #expect(all[0].damage?.description.hasSuffix("optimizer.safetensors: No such file or directory") == true)
        #expect(all[2].damage?.description.contains("found step 3 in state.json, expected step 4") == true)
    }

    @Test("reads tensors of more than a block as they were written")
    func large() throws {
        var checkpoint = Checkpoint.example(step: 9)
        // more than two blocks of 1 MiB, and no multiple of them
        let values = (0..<600_001).map { Float($0 % 977) }
        checkpoint.model.append(NamedTensor(name: "large", shape: [600_001], values: values))
        try store.save(checkpoint)
        #expect(try store.load(step: 9) == checkpoint)
        #expect(try store.verify().last?.damage == nil)
        var bytes = try folder.read("step-00000009/model.safetensors")
        bytes[bytes.count - 1] ^= 1
        try folder.write(bytes, to: "step-00000009/model.safetensors")
        #expect(try store.verify().last?.damage?.description.contains("tensor \"large\"") == true)
    }
}
