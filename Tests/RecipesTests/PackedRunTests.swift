import Checkpoints
import Foundation
import Recipes
import RunRecords
import TestSupport
import Testing
import Training

/// Images in files are in `ImageFilesTests`.
@Suite("Packed data")
struct PackedRunTests {
    let trainer: Trainer

    init() throws { trainer = try Trainer() }

    /// Byte-level BPE; `Tests/TokenizersTests/reference_tokenizers.py`.
    private static let tokenizer = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../TokenizersTests/Fixtures/gpt2.json").standardized.path
    private static let text = ["model.width=8", "model.context=6", "global_batch=4", "steps=4", "model.name=gru"]

    static let runs: [RecipeRun] = [
        RecipeRun("arrays", "vectors", "epochs=2", "model.dropout=0.2"),
        RecipeRun("arrays", "numbers", "epochs=2", "model.hidden=[8]", "arrays.standardize=false"),
        RecipeRun("arrays", "images", "model.width=4", "steps=4", "arrays.channels=first", "global_batch=12"),
        RecipeRun(
            "audio", "sounds", "audio.pattern={label}_*", "audio.test=*_[0-1].wav", "model.width=4", "model.layers=2",
            "epochs=2", "global_batch=8"),
        RecipeRun(
            "audio", "sounds", "audio.pattern={label}_*", "model.name=gru", "model.width=6", "model.layers=1",
            "audio.bands=20", "steps=4", "global_batch=6"),
        RecipeRun("fashion-mnist", "data", "model.hidden=[16]", "global_batch=10", "steps=4"),
        RecipeRun("fashion-gan", "data", "model.name=mlp", "model.width=8", "global_batch=10", "steps=4"),
        RecipeRun("csv", "table.csv", "steps=6", "csv.target=sum"),
    ]

    static let units: [[String]] = [
        [], ["text.tokens=bytes"], ["text.tokens=words", "text.vocabulary=5"], ["text.tokenizer=\(tokenizer)"],
    ]

    /// Packs the data of a run with its settings of data.
    private func pack(_ run: RecipeRun, to file: String) throws -> [String] {
        let prefixes = ["arrays.", "audio.", "csv.", "text.", "data.", "seed"]
        let recipe = run.recipe == "fashion-gan" ? "fashion-mnist" : run.recipe
        let settings = run.values.filter { value in prefixes.contains { value.hasPrefix($0) } }
        return try DataPacking(
            trainer.folder(run.data), to: trainer.folder(file), recipe: recipe,
            overrides: try settings.map { try SettingOverride(assignment: $0) }, catalog: .all
        ).run(reporter: .silent)
    }

    private func error(_ recipe: String, _ data: String, _ values: [String], ranks: Int = 1) -> String {
        do {
            try trainer.train(
                "bad-\(UUID().uuidString)", of: recipe, ranks: ranks,
                ["data.path=\(trainer.folder(data))", "shards=4"] + values)
            return "none"
        } catch { return "\(error)".replacingOccurrences(of: trainer.folder.path, with: "DIR") }
    }

    @Test("train to the bytes of the data themselves, on one to four ranks, and resumed", arguments: runs)
    func sameBytes(run: RecipeRun) throws {
        let values = ["shards=4", "checkpoint.every=1", "checkpoint.keep=100"] + run.values
        let expected = try trainer.train("plain", of: run.recipe, ["data.path=\(trainer.folder(run.data))"] + values)
        let lines = try pack(run, to: "set.pack")
        #expect(lines.count >= 2 && lines[1].contains("; "))
        let packed = "data.path=\(trainer.folder("set.pack"))"
        for ranks in 1...4 {
            let found = try trainer.train("\(ranks)", of: run.recipe, ranks: ranks, values + [packed])
            #expect(found.model == expected.model && found.optimizer == expected.optimizer, "on \(ranks) ranks")
            #expect(found.state.dataChecksums == expected.state.dataChecksums)
            #expect(found.state.preparation == expected.state.preparation)
            #expect(
                try trainer.metrics("\(ranks)", "evaluation", ["loss"])
                    == trainer.metrics("plain", "evaluation", ["loss"]))
        }
        // begun with the data themselves, ended with the packed ones
        let newest = try #require(
            try trainer.folder.names(in: "plain/checkpoints").filter { $0.hasPrefix("step-") }.max())
        try trainer.folder.remove("plain/checkpoints/\(newest)")
        let resumed = try trainer.train("plain", of: run.recipe, ranks: 3, resumes: true, [packed])
        #expect(resumed.model == expected.model && resumed.optimizer == expected.optimizer)
    }

    @Test("of texts train to the bytes of the text, in the tokens in which they were packed", arguments: units)
    func texts(tokens: [String]) throws {
        var run = RecipeRun("language-model", "prose.txt")
        run.values = Self.text + tokens
        try sameBytes(run: run)
        // the tokens are those of the file where the settings ask for none
        let plain = try SavedRun.checkpoint(at: trainer.folder("plain"))
        let values = ["data.path=\(trainer.folder("set.pack"))", "shards=4"] + Self.text
        #expect(try trainer.train("file", of: "language-model", values).model == plain.model)
        let others = ["text.tokens=bytes", "text.tokens=words"].filter { !tokens.contains($0) }
        for other in others {
            #expect(error("language-model", "set.pack", Self.text + [other]).contains("expected those of \(other)"))
        }
    }

    @Test("are split anew for another seed and another part to test on")
    func otherSplits() throws {
        for run in [Self.runs[0], Self.runs[1], Self.runs[4]] {
            _ = try pack(run, to: "set.pack")
            let values = ["shards=2", "seed=7", "data.test_fraction=0.3"] + run.values
            let plain = try trainer.train(
                "plain-\(run)", of: run.recipe, ["data.path=\(trainer.folder(run.data))"] + values)
            let packed = try trainer.train(
                "packed-\(run)", of: run.recipe, ranks: 2, ["data.path=\(trainer.folder("set.pack"))"] + values)
            #expect(packed.model == plain.model && packed.state.dataChecksums == plain.state.dataChecksums)
        }
    }

    @Test("of other settings, recipes or sizes are refused by name")
    func refusals() throws {
        _ = try pack(Self.runs[7], to: "table.pack")
        #expect(error("csv", "table.pack", ["steps=1"]).contains("packed with csv.target=sum, expected csv.target="))
        #expect(
            error("csv", "table.pack", ["csv.target=sum", "seed=2"]).contains("packed with seed=1, expected seed=2"))
        #expect(error("arrays", "table.pack", []).contains("found packed tables, expected packed arrays"))
        #expect(error("language-model", "table.pack", []).contains("found packed tables, expected a text"))
        _ = try pack(Self.runs[2], to: "arrays.pack")
        #expect(error("arrays", "arrays.pack", []).contains("arrays.channels=first, expected arrays.channels=last"))
        _ = try pack(Self.runs[4], to: "sounds.pack")
        #expect(error("audio", "sounds.pack", []).contains("packed with audio.bands=20, expected audio.bands=40"))
        var words = RecipeRun("language-model", "prose.txt")
        words.values = Self.text + ["text.tokens=words", "text.vocabulary=5"]
        _ = try pack(words, to: "words.pack")
        #expect(
            error("language-model", "words.pack", ["text.tokens=words"] + Self.text).contains(
                "text.vocabulary=5, expected"))
        #expect(
            error("language-model", "words.pack", ["data.test_fraction=0.3"] + Self.text)
                .contains("data.test_fraction=0.1, expected data.test_fraction=0.3"))
    }

    @Test("whose bytes are damaged end the training on all ranks, by the number of the block", arguments: [0, 3, 4, 5])
    func damage(run: Int) throws {
        let run = Self.runs[run]
        _ = try pack(run, to: "set.pack")
        var bytes = Array(try trainer.folder.read("set.pack"))
        // in the first array, behind the header of 128 bytes
        for offset in 128..<600 { bytes[offset] ^= 0x10 }
        try trainer.folder.write(bytes, to: "set.pack")
        let text = error(run.recipe, "set.pack", run.values, ranks: 3)
        #expect(text.contains("block 0: found a damaged block"), "\(text)")
    }
}
