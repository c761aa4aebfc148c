import Checkpoints
import Dispatch
import Foundation
import Testing
import TestSupport

@Suite("A checkpoint that several processes write in parts")
struct PartsTests {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    private var store: CheckpointStore {
        CheckpointStore(directory: folder("checkpoints"), keep: 10, fence: nil)
    }

    /// Two tensors in three parts: one is divided among all, the other is whole in the second.
    private static let parts: [[TensorPiece]] = [
        [piece("m.weight", [2, 3], 0..<1)],
        [piece("m.weight", [2, 3], 4..<6), piece("m.bias", [3], 0..<3)],
        [piece("m.weight", [2, 3], 1..<4)],
    ]

    private static func piece(_ name: String, _ shape: [Int], _ range: Range<Int>) -> TensorPiece {
        let values = range.map { Float($0) + Float(name.count) / 16 }
        return TensorPiece(name: name, shape: shape, range: range) { values.withUnsafeBufferPointer($0) }
    }

    private static let whole = [
        NamedTensor(name: "m.bias", shape: [3], values: (0..<3).map { Float($0) + 6 / 16 }),
        NamedTensor(name: "m.weight", shape: [2, 3], values: (0..<6).map { Float($0) + 0.5 }),
    ]

    private func expected(_ step: Int) -> Checkpoint {
        var checkpoint = Checkpoint.example(step: step)
        checkpoint.optimizer += Self.whole
        return checkpoint
    }

    /// Saves a checkpoint, its parts written meanwhile by threads of their own.
    private func save(step: Int, _ parts: [[TensorPiece]] = Self.parts) throws {
        let path = try store.begin(step: step)
        let group = DispatchGroup()
        for (number, pieces) in parts.enumerated() {
            DispatchQueue.global().async(group: group) {
                usleep(UInt32(20_000 * (parts.count - number)))
                try? CheckpointParts.write(pieces, number + 1, of: parts.count, in: path, pause: {})
            }
        }
        defer { group.wait() }
        try store.save(.example(step: step), parts: parts.count, isBest: false)
    }

    @Test("holds whole tensors again when it is read, and what told the writer of the parts is gone")
    func roundTrip() throws {
        try save(step: 7)
        #expect(try store.load(step: 7) == expected(7))
        #expect(try store.verify().map(\.damage) == [nil])
        let parts = (1...3).map { "optimizer-0000\($0)-of-00003.safetensors" }
        #expect(
            try folder.names(in: "checkpoints/step-00000007").sorted()
                == ["checksums", "model.safetensors"] + parts + ["optimizer.safetensors", "state.json"])
        #expect(try folder.names(in: "checkpoints") == ["step-00000007"])
        // other parts, the same tensors
        try save(step: 8, [[Self.piece("m.bias", [3], 0..<3), Self.piece("m.weight", [2, 3], 0..<6)]])
        #expect(try store.load(step: 8) == expected(8))
    }

    @Test("can be given another state, which links its parts")
    func updated() throws {
        try save(step: 7)
        var state = RunState.example(step: 7)
        state.progress = ["best": "1"]
        #expect(try store.update(state))
        var checkpoint = expected(7)
        checkpoint.state = state
        #expect(try store.load(step: 7) == checkpoint)
    }

    @Test("is not saved where a part is not, with that writer's reason; the earlier one is untouched")
    func failed() throws {
        try save(step: 7)
        let path = try store.begin(step: 8)
        try Data().write(to: URL(filePath: path + "/optimizer-00002-of-00003.safetensors"))
        for number in 1...3 {
            try? CheckpointParts.write(Self.parts[number - 1], number, of: 3, in: path, pause: {})
        }
        let line = message { try store.save(.example(step: 8), parts: 3, isBest: false) }
        #expect(line.contains("cannot write \(path)/optimizer-00002-of-00003.safetensors: cannot create"), "\(line)")
        #expect(line.contains("File exists"), "\(line)")
        #expect(try store.newest { _ in } == expected(7))
        #expect(try folder.names(in: "checkpoints") == ["step-00000007"])
    }

    @Test("is refused with a part missing, damaged, exchanged or twice; an older one is used")
    func damaged() throws {
        let name = "checkpoints/step-00000008"
        func part(_ number: Int) -> String { folder("\(name)/optimizer-0000\(number)-of-00003.safetensors") }
        for (damage, text) in [
            ({ try FileManager.default.removeItem(atPath: part(2)) }, "optimizer-00002-of-00003.safetensors"),
            (
                {
                    var bytes = try Data(contentsOf: URL(filePath: part(3)))
                    bytes[bytes.count - 1] ^= 1
                    try bytes.write(to: URL(filePath: part(3)))
                }, "CRC-32"
            ),
            (
                {
                    try FileManager.default.removeItem(atPath: part(3))
                    try FileManager.default.copyItem(atPath: part(1), toPath: part(3))
                }, "found a piece of \"m.weight\" from element 0 on, expected one from 1 on"
            ),
            (
                {
                    let path = folder("\(name)/checksums")
                    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
                    try lines.filter { !$0.contains("00003-of") }.joined(separator: "\n")
                        .write(toFile: path, atomically: true, encoding: .utf8)
                }, "found the parts"
            ),
        ] as [(() throws -> Void, String)] {
            try? folder.remove("checkpoints")
            try save(step: 7)
            try save(step: 8)
            try damage()
            #expect(message { _ = try store.load(step: 8) }.contains(text))
            #expect(try store.verify().map { $0.damage == nil } == [true, false])
            var warnings: [String] = []
            #expect(try store.newest { warnings.append($0) } == expected(7))
            #expect(warnings.count == 1)
        }
    }

    @Test("is refused where the pieces leave a gap, or say nonsense of their tensors")
    func flawed() throws {
        for (parts, text) in [
            (
                [[Self.piece("m", [6], 0..<2)], [Self.piece("m", [6], 3..<6)]],
                "from element 3 on, expected one from 2 on"
            ),
            ([[Self.piece("m", [6], 0..<2)]], "up to element 2, expected all 6 elements"),
            ([[Self.piece("m", [6], 0..<2)], [Self.piece("m", [7], 2..<7)]], "of shape [7], expected [6]"),
            ([[Self.piece("m", [2], 0..<6)]], "expected a piece NAME[FROM:TO]"),
        ] {
            try save(step: 9, parts)
            let line = message { _ = try store.load(step: 9) }
            #expect(line.contains(text), "\(line)")
        }
    }
}
