import Checkpoints
import Foundation
import Training

/// A folder in memory for the files that readers read, with valid ones beside them; removed with the last reference to it.
package final class FuzzFolder {
    private let path: String
    private var preparations: [String: Preparation] = [:]

    /// Makes the folder, and in it a checkpoint and what a replay needs.
    package init() throws {
        let memory = "/dev/shm"
        let parent = access(memory, W_OK) == 0 ? memory : NSTemporaryDirectory()
        path = "\(parent)/lockstep-fuzz-\(getpid())-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try CheckpointStore(directory: path, keep: 1).save(Seeds.checkpoint)
        try SafetensorsFile.write(Seeds.checkpoint.model, to: self("replay-step-8.safetensors"))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of something in the folder.
    package func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file, and returns its path.
    func write(_ bytes: [UInt8], to name: String) throws -> String {
        try Data(bytes).write(to: URL(filePath: self(name)))
        return self(name)
    }

    func read(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: self(name)))) }

    /// What a recipe learns of its valid data.
    func preparation(of recipe: String) throws -> Preparation {
        if let known = preparations[recipe] { return known }
        let bytes = Array((Seeds.data[recipe] ?? "").utf8)
        let found = try folderTask(recipe, of: bytes, at: self("seed-\(recipe)")).preparation
        preparations[recipe] = found
        return found
    }
}
