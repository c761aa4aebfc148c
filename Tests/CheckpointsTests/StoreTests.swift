import Checkpoints
import Testing
import TestSupport

@Suite("A checkpoint store")
struct StoreTests {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    private func store(keep: Int = 10) -> CheckpointStore {
        CheckpointStore(directory: folder("run/checkpoints"), keep: keep)
    }

    private func newest() throws -> Checkpoint? {
        try store().newest { Issue.record("unexpected warning: \($0)") }
    }

    @Test("without a folder holds nothing")
    func nothing() throws {
        #expect(try newest() == nil)
        #expect(try store().steps() == [])
        #expect(
            complaint { _ = try store().load(step: 3) }
                == "cannot load step 3 from \(folder("run/checkpoints")): found no checkpoint there; name another folder"
        )
    }

    @Test("gives back what was saved, and creates its folders")
    func roundTrip() throws {
        let path = try store().save(.example(step: 42))
        #expect(path == folder("run/checkpoints/step-00000042"))
        #expect(try newest() == .example(step: 42))
        #expect(try store().load(step: 42) == .example(step: 42))
        #expect(try CheckpointStore.load(at: path + "/") == .example(step: 42))
        #expect(
            try folder.names(in: "run/checkpoints/step-00000042")
                == ["checksums", "model.safetensors", "optimizer.safetensors", "state.json"])
    }

    @Test("holds an optimizer without state, scalars and tensors without elements")
    func emptyParts() throws {
        var checkpoint = Checkpoint.example(step: 1)
        checkpoint.optimizer = []
        checkpoint.model.append(NamedTensor(name: "scalar", shape: [], values: [3]))
        checkpoint.model.append(NamedTensor(name: "none", shape: [4, 0], values: []))
        try store().save(checkpoint)
        #expect(try newest() == checkpoint)
    }

    @Test("writes the same bytes for the same checkpoint")
    func deterministic() throws {
        let other = CheckpointStore(directory: folder("other"), keep: 1)
        try store().save(.example(step: 5))
        try other.save(.example(step: 5))
        for file in ["checksums", "model.safetensors", "optimizer.safetensors", "state.json"] {
            #expect(
                try folder.read("run/checkpoints/step-00000005/\(file)") == folder.read("other/step-00000005/\(file)"))
        }
    }

    @Test("resumes from the highest step, also beyond eight digits, whatever the order of saving")
    func order() throws {
        for step in [100_000_000, 9, 99_999_999, 10] { try store().save(.example(step: step)) }
        #expect(try store().steps() == [9, 10, 99_999_999, 100_000_000])
        #expect(try newest()?.step == 100_000_000)
    }

    @Test("keeps the last ones, as many as it is told to", arguments: 1...3)
    func keep(count: Int) throws {
        for step in [1, 2, 3, 4, 5] {
            try store(keep: count).save(.example(step: step))
            #expect(try store().steps() == Array(Array(1...step).suffix(count)))
        }
        #expect(try folder.names(in: "run/checkpoints").count == count)
    }

    @Test("after a return to an earlier step keeps that branch, and leaves the later steps alone")
    func keepAfterReturn() throws {
        for step in [10, 20, 30] { try store().save(.example(step: step)) }
        try store(keep: 1).save(.example(step: 15))
        #expect(try store().steps() == [15, 20, 30])
    }

    @Test("replaces a checkpoint of the same step")
    func replace() throws {
        try store().save(.example(step: 7, mark: 1))
        try store().save(.example(step: 7, mark: 2))
        #expect(try newest() == .example(step: 7, mark: 2))
        #expect(try folder.names(in: "run/checkpoints") == ["step-00000007"])
    }

    @Test("names the steps that there are when asked for another")
    func wrongStep() throws {
        for step in [1, 2] { try store().save(.example(step: step)) }
        #expect(
            complaint { _ = try store().load(step: 3) }
                == "cannot load step 3 from \(folder("run/checkpoints")): found only the steps 1, 2; name one of them")
    }

    @Test("says what to name instead when it is asked to load a folder that is no checkpoint")
    func wrongFolder() throws {
        try store().save(.example(step: 1))
        #expect(
            complaint { _ = try CheckpointStore.load(at: folder("run/checkpoints")) }
                == "cannot use \(folder("run/checkpoints")): found a folder of checkpoints, "
                + "expected one of those in it: step-00000001")
        #expect(
            complaint { _ = try CheckpointStore.load(at: folder("none")) }
                == "cannot use \(folder("none")): found nothing of that name, expected the folder of a checkpoint")
    }

    @Test("writes readable JSON with sorted keys, without ranks or times")
    func json() throws {
        try store().save(.example(step: 42))
        let expected = #"""
            {
              "epoch" : 4,
              "formatVersion" : 1,
              "recipe" : "mlp",
              "samplesConsumed" : 294,
              "seed" : 18446744073709551615,
              "settings" : {
                "data.path" : "a/b \"c\"",
                "optimizer.learningRate" : "0.1"
              },
              "shards" : 4,
              "step" : 42,
              "version" : "0.1"
            }

            """#
        #expect(
            String(decoding: try folder.read("run/checkpoints/step-00000042/state.json"), as: UTF8.self) == expected)
    }
}
