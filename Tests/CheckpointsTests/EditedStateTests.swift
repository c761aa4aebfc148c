import Checkpoints
import Testing
import TestSupport

@Suite("A checkpoint whose state was edited, with new checksums")
struct EditedStateTests {
    typealias Edit = @Sendable (inout RunState) -> Void

    static let edits: [(String, Edit)] = [
        ("samplesConsumed -1", { $0.samplesConsumed = -1 }),
        ("samplesConsumed 9223372036854775807", { $0.samplesConsumed = .max }),
        ("samplesConsumed 1", { $0.samplesConsumed = 1 }),  // fewer than steps
        ("epoch -1", { $0.epoch = -1 }),
        ("epoch 3", { ($0.epoch, $0.trainingSamples) = (3, 7) }),  // 14 samples are two epochs of 7
        ("trainingSamples 0", { $0.trainingSamples = 0 }),
        ("shards 0", { $0.shards = 0 }),
        ("shards 4 and a setting shards 3", { $0.settings["shards"] = "3" }),
        ("seed 18446744073709551615 and a setting seed 1", { $0.settings["seed"] = "1" }),
        ("recipe mlp and a setting recipe csv", { $0.settings["recipe"] = "csv" }),
        ("plateau.factor nan", { $0.progress = ["plateau.factor": "nan"] }),
        ("lbfgs.pairs -1", { $0.progress = ["lbfgs.pairs": "-1"] }),
        ("non_finite.skipped 9223372036854775807", { $0.progress = ["non_finite.skipped": "\(Int.max)"] }),
        ("plateau.bad_count x", { $0.progress = ["plateau.bad_count": "x"] }),
    ]

    @Test("is refused with what was found, before anything is computed from it", arguments: edits.indices)
    func refused(number: Int) throws {
        let (found, edit) = Self.edits[number]
        let folder = try TemporaryFolder()
        let store = CheckpointStore(directory: folder.path, keep: 10)
        try store.save(.example(step: 1))
        var checkpoint = Checkpoint.example(step: 2)
        edit(&checkpoint.state)
        try store.save(checkpoint)
        let line = try #require(complaint { _ = try store.load(step: 2) })
        #expect(
            line.hasPrefix("cannot use \(folder("step-00000002/state.json")): found \(found), expected "), "\(line)")
        var warnings: [String] = []
        #expect(try store.newest { warnings.append($0) } == .example(step: 1))
        #expect(warnings.count == 1 && warnings[0].contains(found))
    }

    static let texts: [(String, String)] = [
        (#"{"step": 1, "step": 2}"#, #""step" twice in one object"#),
        (String(repeating: "[", count: 100_000), #""[" at byte 64 of the file"#),
        (#"{"formatVersion": 1, "step": 1e999}"#, "text that is not JSON"),
        (#"{"recipe": "\ud800"}"#, "half a surrogate pair"),
        (#"{"step": 01}"#, #""1" at byte 10 of the file"#),
        ("{} {}", #""{" at byte 3 of the file"#),
        ("\u{feff}{}", "byte 239 at byte 0 of the file"),
        ("{}", #"no "formatVersion""#),
        ("nul", "the end of the file"),
        ("", "the end of the file"),
    ]

    @Test("and is no JSON that every reader reads alike is refused", arguments: texts.indices)
    func json(number: Int) throws {
        let (text, found) = Self.texts[number]
        let line = try #require(complaint { _ = try RunState(json: Array(text.utf8), path: "state.json") })
        #expect(line.hasPrefix("cannot use state.json: found \(found)"), "\(line)")
    }
}
