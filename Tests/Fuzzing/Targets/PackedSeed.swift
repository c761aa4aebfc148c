import RunRecords
import Datasets
import Foundation
import Recipes
import Training

/// Packed data of recipes as short input: the number of a recipe, the first bytes of each block, and the notes.
enum PackedSeed {
    /// The recipes, with valid data and settings of each.
    private static let recipes: [(name: String, data: String, settings: [String])] = [
        ("arrays", "arrays.npz", ["arrays.task=classification"]), ("arrays", "arrays.npz", ["arrays.task=regression"]),
        ("audio", "sounds", ["audio.bands=8", "data.test_fraction=0.5"]), ("fashion-mnist", "idx", []),
        ("csv", "table.csv", []),
        ("language-model", "text", []), ("language-model", "text", ["text.tokens=bytes"]),
        ("language-model", "text", ["text.tokens=words"]),
        ("language-model", "text", ["text.tokenizer=TOKENIZER"]),
    ]
    private static let (header, block, kept) = (128, 1 << 16, 48)

    /// Short input of each recipe; its packed files are in the folder.
    static func all(in folder: FuzzFolder) throws -> [[UInt8]] {
        try writeData(folder)
        return try recipes.indices.map { index in
            let recipe = recipes[index]
            let overrides = try recipe.settings.map {
                try SettingOverride(assignment: $0.replacing("TOKENIZER", with: folder("tokenizer.json")))
            }
            _ = try DataPacking(
                folder(recipe.data), to: folder("set-\(index)"), recipe: recipe.name, overrides: overrides,
                catalog: .all
            ).run(reporter: .silent)
            let bytes = try folder.read("set-\(index)")
            var input = [UInt8(index)]
            for start in blocks(of: bytes) { input += bytes[start..<start + kept] }
            return input + bytes[number(bytes, 40)...]
        }
    }

    /// Makes a packed file of short input, and a task of the file, of which all samples are used.
    static func read(_ input: [UInt8], in folder: FuzzFolder) throws {
        let index = Int(input.first ?? 0) % recipes.count
        var bytes = try folder.read("set-\(index)")
        let starts = blocks(of: bytes)
        var rest = input.dropFirst()
        for start in starts {
            bytes.replaceSubrange(start..<start + min(kept, rest.count), with: rest.prefix(kept))
            rest = rest.dropFirst(kept)
        }
        bytes.replaceSubrange(number(bytes, 40)..., with: rest)
        for (offset, value) in [(48, rest.count), (56, bytes.count)] {
            for byte in 0..<8 { bytes[offset + byte] = UInt8(value >> (8 * byte) & 0xff) }
        }
        let path = try folder.write(FuzzTarget.withChecksums(bytes), to: "set")
        let recipe = recipes[index]
        var settings = try smallSettings(of: recipe.name, path: path)
        let assignments = recipe.settings.filter { !$0.contains("TOKENIZER") }
        try settings.apply(assignments.map { try SettingOverride(assignment: $0) })
        let task = try RecipeCatalog.all.recipe(named: recipe.name)
            .makeTask(settings, preparation: nil, loader: .alone)
        try useAll(task)
    }

    private static func useAll<Task: TrainingTask>(_ task: Task) throws {
        for data in [task.trainingData, task.testData] {
            let samples = Array(0..<min(40, data.count))
            guard !samples.isEmpty else { continue }
            try data.check(samples)
            _ = try data.trainingBatch(of: samples, epoch: 0)
        }
        _ = (task.trainingData.checksum, task.dataSummary)
    }

    private static func writeData(_ folder: FuzzFolder) throws {
        var (x, y) = (NumPyFile(.int16, shape: [8, 2, 2]), NumPyFile(.int64, shape: [8]))
        x.append((0..<32).map { Int64($0 * 7 % 13) })
        y.append((0..<8).map { Int64($0 % 2) })
        _ = try folder.write(NumPyFile.archive([("x", x), ("y", y)]), to: "arrays.npz")
        for name in ["sounds", "sounds/a", "sounds/b", "idx"] {
            try FileManager.default.createDirectory(atPath: folder(name), withIntermediateDirectories: true)
        }
        for name in ["a/1", "a/2", "b/1", "b/2"] { _ = try folder.write(Seeds.sound, to: "sounds/\(name).wav") }
        for part in ["train", "t10k"] {
            let images: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8]
            _ = try folder.write(images, to: "idx/\(part)-images-idx3-ubyte")
            _ = try folder.write([0, 0, 8, 1, 0, 0, 0, 2, 0, 1], to: "idx/\(part)-labels-idx1-ubyte")
        }
        for (recipe, name) in [("csv", "table.csv"), ("language-model", "text")] {
            _ = try folder.write(Array((Seeds.data[recipe] ?? "").utf8), to: name)
        }
        let tokenizers = try Seeds.of(.tokenizer, in: folder)
        _ = try folder.write(tokenizers[0], to: "tokenizer.json")
    }

    /// Where the blocks begin.
    private static func blocks(of bytes: [UInt8]) -> [Int] {
        Array(stride(from: header, to: number(bytes, 24), by: block))
    }

    private static func number(_ bytes: [UInt8], _ offset: Int) -> Int {
        bytes[offset..<offset + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}
