import Diagnosis
import Checkpoints
import Datasets
import Foundation
import Recipes
import Search
import Tokenizers
import Training
import RunRecords

/// A reader of what comes from outside. Given any bytes it must return or throw one of our errors: never trap, hang, or take
/// memory out of proportion.
package enum FuzzTarget: String, CaseIterable, Sendable {
    // one a line: Tests/Fuzzing/run reads them
    case csv
    case idx
    case gzip
    case safetensors
    case settings
    case assignment
    case state
    case checksums
    case replay
    case manifest
    case metrics
    case trial
    case text
    case pairs
    case classified
    case schema
    case vocabulary
    case classes
    case characters
    case numpy
    case archive
    case sound
    case image
    case packed
    case content
    case files
    case tokenizer

    /// Lets the reader read `bytes`; what it throws is returned as the line that a user would see.
    @discardableResult
    package func run(_ bytes: [UInt8], in folder: FuzzFolder) -> String? {
        do {
            try read(bytes, folder)
            return nil
        } catch {
            return "\(error)"
        }
    }

    private func read(_ bytes: [UInt8], _ folder: FuzzFolder) throws {
        switch self {
        case .csv: try task("csv", of: bytes, at: folder("data.csv"))
        case .text: try task("language-model", of: bytes, at: folder("data.txt"))
        case .pairs: try task("translation", of: bytes, at: folder("pairs.txt"))
        case .classified: try task("sequence-classification", of: bytes, at: folder("classified.txt"))
        case .idx: _ = try IDXFile(path: folder.write(bytes, to: "images"), rank: 3)
        case .gzip: _ = try GzipFile.read(folder.write(bytes, to: "compressed.gz"))
        case .safetensors:
            for tensor in try SafetensorsFile(path: folder.write(bytes, to: "model.safetensors")).tensors() {
                _ = tensor.count
            }
        case .settings:
            guard let text = String(validating: bytes, as: UTF8.self) else { return }
            let file = try SettingsFile(text: text, name: "settings.yaml", RecipeCatalog.all.settings)
            var settings = Settings(RecipeCatalog.all.settings)
            try settings.apply([SettingOverride(key: "recipe", value: file.recipe, source: "file")] + file.overrides)
            try useAll(settings)
        case .assignment:
            var settings = Settings(RecipeCatalog.all.settings)
            for line in bytes.split(separator: UInt8(ascii: "\n")) {
                try settings.apply([SettingOverride(assignment: String(decoding: line, as: UTF8.self))])
            }
            try useAll(settings)
        case .state:
            let state = try RunState(json: bytes, path: "state.json")
            let settings = try Settings.resumed(from: state.settings, applying: [], RecipeCatalog.all.settings)
            try useAll(settings)
            let samples = state.trainingSamples ?? 1000
            let sampler = ShardedSampler(
                count: samples, globalBatch: settings.globalBatch(of: samples), shards: max(1, settings.shards),
                seed: settings.seed)
            _ = sampler.samplesConsumed(afterSteps: state.step) == state.samplesConsumed
            _ = sampler.step(at: state.samplesConsumed)
            var schedule = LearningRateSchedule(settings, totalSteps: state.step)
            try schedule.restore(SavedNotes(state.progress ?? [:], step: state.step))
            for loss in [1, 0.5, .infinity, .nan] { schedule.observe(evaluationLoss: loss) }
            _ = schedule.rate(step: state.step + 1)
        case .checksums:
            _ = try folder.write(bytes, to: "step-00000007/checksums")
            _ = try CheckpointStore.load(at: folder("step-00000007"))
        case .replay: _ = try Replay(path: folder.write(bytes, to: "replay-step-8.json"), catalog: .all)
        case .manifest: _ = try Manifest(path: folder.write(bytes, to: "manifest.json")).json
        case .metrics:
            for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
                _ = MetricsRecord(line: line)?.line
            }
            _ = try MetricsFile(path: folder.write(bytes, to: "metrics.jsonl"), resumingAt: 3)
        case .trial:
            _ = try JSONFile.decode(TrialResult.self, from: bytes, path: "trial.json", what: "the result of a trial")
        case .tokenizer:
            let tokenizer = try Tokenizer(json: bytes, path: "tokenizer.json")
            _ = tokenizer.decode(tokenizer.encode("the king\u{301} <|endoftext|> 17 \u{1f600}"))
        case .schema: try predict("csv", "schema", bytes, Seeds.data["csv"] ?? "", folder)
        case .vocabulary: try predict("sequence-classification", "vocabulary", bytes, "a b\nc\n", folder)
        case .classes: try predict("sequence-classification", "classes", bytes, "a b\nc\n", folder)
        case .numpy: _ = try NumberArray(path: folder.write(bytes, to: "array.npy"))
        case .archive:
            let arrays = try ArrayCollection(path: folder.write(bytes, to: "arrays.npz"))
            for name in arrays.names { _ = try arrays.array(name) }
        case .sound: _ = try SoundFile(path: folder.write(bytes, to: "sound.wav"))
        case .image:
            let image = try ImageFile(bytes: bytes, path: "image")
            _ = try image.decoded(channels: 1)
            _ = try image.decoded(channels: 3, atLeast: (2, 2)).resized(height: 5, width: 3)
        case .packed:
            let file = try PackedFile(path: folder.write(Self.withChecksums(bytes), to: "packed"))
            for sample in 0..<min(file.count, 100) {
                for field in file.fields.indices { try file.withValue(field, of: sample) { _, _ in } }
            }
        case .content: try PackedSeed.read(bytes, in: folder)
        case .files: _ = try LabeledFiles(path: folder.write(bytes, to: "files.csv"), kind: .image)
        case .characters:
            let preparation = ["characters": String(decoding: bytes, as: UTF8.self)]
            _ = try folderTask(
                "language-model", of: Array((Seeds.data["language-model"] ?? "").utf8), at: folder("data.txt"),
                preparation)
        }
    }

    /// A packed file with valid checksums, as far as its numbers allow: else nothing behind them would be tried.
    static func withChecksums(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        func put(_ value: UInt32, at offset: Int) {
            for index in 0..<4 { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
        }
        func number(_ offset: Int, _ count: Int) -> Int {
            bytes[offset..<offset + count].reversed().reduce(0) { ($0 & 0xff_ffff_ffff_ffff) << 8 | Int($1) }
        }
        guard bytes.count >= 128 else { return bytes }
        let index = number(24, 8)
        guard index >= 128, index < bytes.count else { return bytes }
        for entry in stride(from: index, to: min(bytes.count - 16, index + 160), by: 16) {
            let (start, size) = (number(entry, 8), number(entry + 8, 4))
            guard start >= 128, start <= bytes.count, size <= bytes.count - start else { continue }
            put(PackedHeader.checksum(Array(bytes[start..<start + size])), at: entry + 12)
        }
        put(PackedHeader.checksum(Array(bytes[index...])), at: 64)
        put(PackedHeader.checksum(Array(bytes[16..<80])), at: 12)
        return bytes
    }

    /// Everything that follows from settings alone.
    private func useAll(_ settings: Settings) throws {
        try settings.validate()
        guard try Settings(settings.schema, flat: settings.flat, source: "flat") == settings else { return }
        _ = settings.yaml
    }

    /// Makes the task of a recipe over data of these bytes.
    private func task(_ recipe: String, of bytes: [UInt8], at path: String) throws {
        _ = try folderTask(recipe, of: bytes, at: path).trainingData.count
    }

    /// Predicts with a model whose preparation has `bytes` under `name`.
    private func predict(
        _ recipe: String, _ name: String, _ bytes: [UInt8], _ input: String, _ folder: FuzzFolder
    ) throws {
        var preparation = try folder.preparation(of: recipe)
        preparation[name] = String(decoding: bytes, as: UTF8.self)
        let settings = try smallSettings(of: recipe, path: folder("seed-\(recipe)"))
        if let predictor = try RecipeCatalog.all.recipe(named: recipe).makePredictor(
            settings, preparation: preparation)
        {
            try predictor.predict(PredictionRequest(input: folder.write(Array(input.utf8), to: "input"))) { _ in }
        }
    }
}

/// The task of a recipe with a small model over data of these bytes.
func folderTask(
    _ recipe: String, of bytes: [UInt8], at path: String, _ preparation: Preparation? = nil
) throws -> any TrainingTask {
    try Data(bytes).write(to: URL(filePath: path))
    return try RecipeCatalog.all.recipe(named: recipe)
        .makeTask(smallSettings(of: recipe, path: path), preparation: preparation, loader: .alone)
}

/// The settings of a recipe with a small model.
func smallSettings(of recipe: String, path: String) throws -> Settings {
    var settings = Settings(RecipeCatalog.all.settings)
    let recipe = try RecipeCatalog.all.recipe(named: recipe)
    try settings.apply([("recipe", recipe.name)] + recipe.settings, source: "recipe")
    if let model = recipe.models.first {
        try settings.apply([("model.name", model.name)] + model.settings, source: "model")
    }
    for (key, value) in [
        ("data.path", path), ("model.width", "4"), ("model.heads", "1"), ("model.layers", "1"), ("model.context", "4"),
        ("model.hidden", "[4]"),
    ] { try settings.apply([(key, value)], source: "fuzzing") }
    return settings
}
