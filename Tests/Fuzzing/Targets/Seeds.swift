import Checkpoints
import Datasets
import Foundation
import Recipes
import Tokenizers
import Training

/// Valid input of each reader, from which others are made.
package enum Seeds {
    /// Valid data of the recipes that read texts and tables.
    static let data: [String: String] = [
        "csv": "a,b,\"c \"\"d\"\"\",when,y\n"
            + (0..<24).map {
                "\($0),\($0 % 3 == 0 ? "red" : "blue"),\($0 % 5 == 0 ? "" : "1.5"),2024-01-\(10 + $0 % 20),\(2 * $0)\n"
            }
            .joined(),
        "language-model": String(repeating: "the quick brown fö\u{308}x\r\n", count: 20),
        "translation": (0..<24).map { "a b \($0 % 4)\tB A \($0 % 4)\n" }.joined(),
        "sequence-classification": (0..<24).map { "\($0 % 2 == 0 ? "yes" : "no")\tword \($0 % 5) and more\n" }.joined(),
    ]

    /// A checkpoint after 7 steps.
    static let checkpoint = Checkpoint(
        model: [
            NamedTensor(name: "layers.0.weight", shape: [2, 3], values: [1, 2, 3, 4, 5, 6]),
            NamedTensor(name: "layers.0.bias", shape: [3], values: [0, -1, 1]),
        ], optimizer: [NamedTensor(name: "momentum.layers.0.bias", shape: [3], values: [1, 1, 1])], state: state)

    private static var state: RunState {
        var settings = Settings(RecipeCatalog.all.settings)
        (settings.recipe, settings.shards) = ("csv", 2)
        settings.globalBatch = 10
        settings.schedule.name = .plateau
        return RunState(
            step: 7, samplesConsumed: 65, epoch: 2, seed: settings.seed, shards: 2, recipe: "csv", trainingSamples: 25,
            dataChecksums: ["training": "crc32:00000000"], settings: settings.flat, version: "1.0",
            progress: [
                "plateau.factor": "0.5", "plateau.best": "1.25", "plateau.bad_count": "3", "plateau.cooldown_left": "0",
                "best.step": "5", "lbfgs.pairs": "2", "training_loss.sum": "3.5",
            ], preparation: ["schema": "{}"])
    }

    private static var exampleSettings: Settings {
        var settings = Settings(RecipeCatalog.all.settings)
        settings.recipe = "csv"
        return settings
    }

    private static let replay = """
        {"finding": "the loss", "formatVersion": 1, "ranks": 2, "shards": [{"count": 5, "gradientHash": "ab", "host": "h",
        "lossBits": "7fc00000", "operation": {"name": "MatrixProduct", "isBackward": false, "number": 3, "parameters": [],
        "shape": [2, 3], "isOfData": false}, "rank": 1, "samples": [3, 4], "shard": 1}], "state": STATE, "step": 8,
        "weights": "replay-step-8.safetensors", "weightsHash": "1234"}
        """

    private static let metrics = """
        {"event":"step","step":1,"epoch":1,"samples":10,"loss":0.5,"learning_rate":0.1,"samples_per_second":100}
        {"event":"evaluation","step":2,"epoch":1,"samples":10,"loss":"nan","accuracy":0.5,"metrics":{"f1":0.5}}
        {"event":"checkpoint","step":3,"epoch":1,"path":"a/b","milliseconds":1.5}
        {"event":"summary","step":4,"epoch":2,"samples":20,"test_loss":1.5,"seconds":3,"ranks":2,"threads":1}

        """

    /// Images of 3×2 pixels, made with Pillow: PNG in RGB, with a palette, and JPEG.
    private static let images = [
        """
        iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAGElEQVR4nGNk+M+gcUNQ44YgS0WHMYQFAEC5BnyH4XEVAAAAAElF\
        TkSuQmCC
        """,
        """
        iVBORw0KGgoAAAANSUhEUgAAAAMAAAACAgMAAADgGo6JAAAADFBMVEUU6wlQryJ4hzO0S01EdTuRAAAAAnRSTlP/AOW3MEoAAAAM\
        SURBVHicY2Bh2AMAAMwAwatrTuoAAAAASUVORK5CYII=
        """,
        """
        /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAYEBQYFBAYGBQYHBwYIChAKCgkJChQODwwQFxQYGBcUFhYaHSUfGhsjHBYWICwgIyYn\
        KSopGR8tMC0oMCUoKSj/2wBDAQcHBwoIChMKChMoGhYaKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgo\
        KCgoKCgoKCj/wAARCAACAAMDASIAAhEBAxEB/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUF\
        BAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVW\
        V1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi\
        4+Tl5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAEC\
        AxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAVYnLRChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVm\
        Z2hpanN0dXZ3eHl6goOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq\
        8vP09fb3+Pn6/9oADAMBAAIRAxEAPwDGubibz3/fSdf7xooor5in8C9Dswn8CHovyP/Z
        """,
    ]

    private static let manifest = """
        {"recipe": "csv", "seed": 1, "shards": 2, "starts": [{"command_line": ["train", "csv"], "hosts": ["a"],
        "libraries": {"oneDNN": "2.6"}, "ranks": 2, "started": "2024-01-01T00:00:00Z", "step": 0, "threads": 1,
        "version": "1.0"}]}
        """

    static func array(_ type: NumberType) -> NumPyFile {
        var array = NumPyFile(type, shape: [2, 3])
        array.append([1, -2, 3, 4, 5, 6] as [Int64])
        return array
    }

    /// A WAV file of 16 bits with two channels and 40 samples.
    static var sound: [UInt8] {
        func number(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> (8 * $0) & 0xff) } }
        let format =
            number(1, 2) + number(2, 2) + number(8000, 4) + number(32_000, 4) + number(4, 2) + number(16, 2)
        let data = (0..<80).flatMap { number($0 * 300, 2) }
        let chunks = Array("WAVEfmt ".utf8) + number(16, 4) + format + Array("data".utf8) + number(160, 4) + data
        return Array("RIFF".utf8) + number(chunks.count, 4) + chunks
    }

    /// Valid input of `target`.
    package static func of(_ target: FuzzTarget, in folder: FuzzFolder) throws -> [[UInt8]] {
        let state = try folder.read("step-00000007/state.json")
        func preparation(_ recipe: String, _ name: String) throws -> [[UInt8]] {
            [Array((try folder.preparation(of: recipe)[name] ?? "").utf8)]
        }
        switch target {
        case .csv:
            return [Array(data["csv"]!.utf8)]
        case .text: return [Array(data["language-model"]!.utf8)]
        case .pairs: return [Array(data["translation"]!.utf8)]
        case .classified: return [Array(data["sequence-classification"]!.utf8)]
        case .idx: return [[0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8]]
        // `printf 'lockstep lockstep\n' | gzip -n`
        case .gzip:
            return [
                [
                    0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xcb, 0xc9, 0x4f, 0xce, 0x2e, 0x2e, 0x49, 0x2d, 0x50, 0xc8,
                    0x81,
                    0x32, 0xb8, 0, 0xa2, 0x57, 0xe8, 0xf8, 0x12, 0, 0, 0,
                ]
            ]
        case .safetensors: return [try folder.read("step-00000007/model.safetensors")]
        case .settings:
            return [
                Array("recipe: csv\nepochs: 3\noptimizer:\n  name: adam  # a comment\nmodel.hidden: [4, \"5\"]\n".utf8),
                Array(exampleSettings.yaml.utf8),
            ]
        case .assignment:
            return [
                Array(
                    "recipe=csv\nepochs=3\noptimizer.learning_rate=1e-3\nmodel.hidden=[4, 5]\nfreeze=[a.*, b]\n".utf8),
                Array(exampleSettings.keys.map { "\($0.name)=\($0.text(in: exampleSettings))\n" }.joined().utf8),
            ]
        case .state: return [state]
        case .numpy: return [array(.int16).bytes, array(.float64).bytes]
        case .archive: return [try NumPyFile.archive([("x", array(.float32)), ("y", array(.int64))])]
        case .sound: return [sound]
        case .checksums: return [try folder.read("step-00000007/checksums")]
        case .replay:
            return [Array(replay.replacing("STATE", with: String(decoding: state, as: UTF8.self)).utf8)]
        case .manifest: return [Array(manifest.utf8)]
        case .metrics: return [Array(metrics.utf8)]
        case .trial:
            return [Array(#"{"trial": 1, "settings": {"epochs": "1"}, "status": "complete", "final_loss": 0.5}"#.utf8)]
        case .schema: return try preparation("csv", "schema")
        case .vocabulary: return try preparation("sequence-classification", "vocabulary")
        case .classes: return try preparation("sequence-classification", "classes")
        case .image: return images.map { [UInt8](Data(base64Encoded: $0) ?? Data()) }
        case .packed:
            let writer = try PackedWriter(
                path: folder("seed.pack"), kind: "example",
                fields: [PackedField("image", .uint8, shape: [nil, nil, 3]), PackedField("label", .int32)])
            for side in 1...3 {
                try writer.append([
                    PackedValue([UInt8](repeating: 7, count: 6 * side), shape: [2, side, 3]), PackedValue(Int32(side)),
                ])
            }
            try writer.finish(notes: ["a": 1])
            return [try folder.read("seed.pack")]
        case .content: return try PackedSeed.all(in: folder)
        case .files:
            _ = try folder.write(Array("x".utf8), to: "a.png")
            return [Array("path,label,split\n\"a.png\",x,train\n".utf8), Array("a.png;y\n".utf8)]
        case .characters: return try preparation("language-model", "characters")
        case .tokenizer:
            var trainer = BytePairTrainer()
            trainer.add(data["language-model"] ?? "")
            let wordPiece = """
                {"added_tokens": [{"id": 2, "content": "[X]", "lstrip": true}], "normalizer": {"type": "BertNormalizer"},
                "pre_tokenizer": {"type": "BertPreTokenizer"}, "decoder": {"type": "WordPiece"}, "model": {
                "type": "WordPiece", "unk_token": "?", "vocab": {"?": 0, "king": 1, "[X]": 2, "##s": 3, "the": 4}}}
                """
            return [Array(trainer.tokenizer(vocabulary: 270).json.utf8), Array(wordPiece.utf8)]
        }
    }
}
