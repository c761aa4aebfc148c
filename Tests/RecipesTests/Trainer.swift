import Checkpoints
import Communication
import Foundation
import Recipes
import TestSupport
import Training

/// Trains the recipes of the program within this process, on threads as ranks, with small data in a folder of its own.
struct Trainer {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try ExampleImages.write(to: folder("data"))
        for (name, text) in [
            ("table.csv", ExampleTexts.table()), ("words.tsv", ExampleTexts.labeledWords()),
            ("reversals.tsv", ExampleTexts.reversals()), ("prose.txt", ExampleTexts.prose()),
        ] { try folder.write(text.utf8, to: name) }
        for (name, shape) in [("vectors", [5]), ("series", [7, 3]), ("images", [6, 5, 2])] {
            try ExampleArrays.write(to: folder(name), shape: shape)
        }
        try ExampleSounds.write(to: folder("sounds"))
        try ExampleArrays.write(to: folder("numbers"), shape: [5], isRegression: true)
    }

    /// Trains `recipe` with these settings into the run directory `run`, and returns the newest checkpoint.
    @discardableResult
    func train(
        _ run: String, of recipe: String = "fashion-mnist", ranks: Int = 1, resumes: Bool = false, _ values: [String]
    ) throws -> Checkpoint {
        var request = TrainingRequest(target: recipe, runDirectory: folder(run), resumes: resumes)
        request.overrides = try values.map { try SettingOverride(assignment: $0) }
        let asked = request
        _ = try InProcessCommunicator.run(ranks: ranks) { communicator in
            _ = try TrainingProgram(asked, catalog: .all, communicator: communicator).run()
        }
        return try SavedRun.checkpoint(at: folder(run))
    }

    /// The settings of a small training of images, from which a test differs by `values`.
    func images(_ values: [String]) -> [String] {
        let isPerceptron = !values.contains { $0.hasPrefix("model.name=") }
        return ["data.path=\(folder("data"))"] + (isPerceptron ? ["model.hidden=[32, 16]"] : [])
            + ["global_batch=32", "shards=4"] + values
    }

    /// Fields of a run's `metrics.jsonl`, or metrics by their names, in the lines of one event.
    func metrics(_ run: String, _ event: String, _ fields: [String]) throws -> [[Double?]] {
        try folder.text("\(run)/metrics.jsonl").split(separator: "\n").compactMap { line in
            let record = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            guard record?["event"] as? String == event else { return nil }
            let named = record?["metrics"] as? [String: Any]
            return fields.map { (record?[$0] ?? named?[$0]) as? Double }
        }
    }
}
