import Checkpoints
import Testing
import TestSupport

@Suite("A damaged checkpoint")
struct DamageTests {
    let folder: TemporaryFolder
    let store: CheckpointStore

    init() throws {
        folder = try TemporaryFolder()
        store = CheckpointStore(directory: folder.path, keep: 10)
        for step in [1, 2] { try store.save(.example(step: step)) }
    }

    static let files = ["model.safetensors", "optimizer.safetensors", "state.json", "checksums"]
    private let newer = "step-00000002"

    private func flip(_ bit: Int, of byte: Int, in name: String) throws {
        var bytes = try folder.read(name)
        bytes[byte] ^= 1 << bit
        try folder.write(bytes, to: name)
    }

    @Test("is detected: every bit of every file", arguments: files)
    func everyBit(file: String) throws {
        let name = "\(newer)/\(file)"
        let bytes = try folder.read(name)
        for i in bytes.indices {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[i] ^= 1 << bit
                try folder.write(damaged, to: name)
                #expect(complaint { _ = try store.load(step: 2) } != nil, "bit \(bit) of byte \(i)")
            }
        }
        try folder.write(bytes, to: name)
        #expect(try store.load(step: 2) == .example(step: 2))
    }

    @Test("is detected: every file cut to every length, lengthened, or missing", arguments: files)
    func everyLength(file: String) throws {
        let name = "\(newer)/\(file)"
        let bytes = try folder.read(name)
        for count in bytes.indices {
            try folder.write(Array(bytes[..<count]), to: name)
            #expect(complaint { _ = try store.load(step: 2) } != nil, "cut to \(count) bytes")
        }
        try folder.write(bytes + [0], to: name)
        #expect(complaint { _ = try store.load(step: 2) } != nil)
        try folder.remove(name)
        #expect(
            complaint { _ = try store.load(step: 2) }
                == "cannot open \(folder(name)): No such file or directory")
    }

    @Test("is skipped with one line that says which file, what is wrong, and what is used instead")
    func skipped() throws {
        let count = try folder.read("\(newer)/model.safetensors").count
        try flip(0, of: count - 1, in: "\(newer)/model.safetensors")
        var warnings: [String] = []
        #expect(try store.newest { warnings.append($0) } == .example(step: 1))
        try #require(warnings.count == 1)
        #expect(
            warnings[0].hasPrefix(
                "skipped a damaged checkpoint: cannot use \(folder(newer))/model.safetensors: found CRC-32 "))
        #expect(warnings[0].contains(" of tensor \"layer.bias\", expected "))
        #expect(warnings[0].hasSuffix("; used step 1 instead, \(folder("step-00000001"))"))
        #expect(!warnings[0].contains("\n"))
    }

    @Test("is an error when there is no intact one, which names each of them")
    func allDamaged() throws {
        for step in [1, 2] { try folder.write([], to: "step-0000000\(step)/state.json") }
        let message = try #require(complaint { _ = try store.newest { Issue.record("unexpected warning: \($0)") } })
        #expect(message.hasPrefix("cannot resume from \(folder.path): every checkpoint there is damaged ("))
        #expect(message.contains("step-00000001") && message.contains("step-00000002"))
    }

    @Test("is replaced when the run comes to its step again")
    func replaced() throws {
        try flip(3, of: 0, in: "\(newer)/state.json")
        try store.save(.example(step: 2, mark: 9))
        #expect(try store.newest { Issue.record("unexpected warning: \($0)") } == .example(step: 2, mark: 9))
    }

    @Test("of another step than its folder says is refused")
    func wrongName() throws {
        try folder.move(newer, to: "step-00000003")
        #expect(
            complaint { _ = try store.load(step: 3) }
                == "cannot use \(folder("step-00000003")): found step 2 in state.json, "
                + "expected step 3, by the folder's name")
    }

    @Test("of a later format says so")
    func laterFormat() throws {
        var checkpoint = Checkpoint.example(step: 3)
        checkpoint.state.formatVersion = 2
        try store.save(checkpoint)
        #expect(
            complaint { _ = try store.load(step: 3) }
                == "cannot use \(folder("step-00000003/state.json")): found checkpoint format 2, "
                + "expected format 1, which this version of Lockstep writes")
    }
}
