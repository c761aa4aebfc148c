import Checkpoints
import Communication
import Datasets

/// The checksums of a task's data by part, `training` and `test`, such as `crc32:0123abcd`; of data that have none, none.
package struct DataChecksums {
    let texts: [String: String]

    private static let kind = "crc32:"

    /// Those of the data of `task`. *Local.*
    package init(_ task: some TrainingTask) {
        let checksums = [("training", task.trainingData.checksum), ("test", task.testData.checksum)]
        texts = Dictionary(
            uniqueKeysWithValues: checksums.compactMap { part, checksum in
                checksum.map { (part, Self.kind + String(UInt64($0) | 1 << 32, radix: 16).dropFirst()) }
            })
    }

    /// Throws on every rank unless all have the same data. *Collective.*
    func requireEqual(over communicator: any Communicator) throws {
        for part in ["training", "test"] {
            let own = texts[part].flatMap { Int($0.dropFirst(Self.kind.count), radix: 16) } ?? 0
            try communicator.requireEqual(
                own, "the checksum of the \(part) data", advice: "give all ranks the same data")
        }
    }

    /// What is to be known of an evaluation on these data of a run that has saved `state`: nothing where they are the run's.
    func evaluationNotes(_ state: RunState, _ settings: Settings) -> [String] {
        var notes: [String] = []
        let source = state.data.map { ", \($0)" } ?? ""
        if let saved = state.dataChecksums?["test"] {
            if let found = texts["test"], found != saved, saved.hasPrefix(Self.kind) {
                notes.append("other data than the run's: test checksum \(saved)\(source); found \(found)")
            }
        } else {
            notes.append("the checkpoint does not say which data the run was evaluated on\(source)")
        }
        let before = try? Settings(settings.schema, flat: state.settings, source: "the checkpoint")
        if let path = settings.data.testPath, before?.data.path != settings.data.path, before?.data.testPath == path {
            notes.append("the test data are still those of data.test_path, \(path); name others with --test-data")
        }
        return notes
    }

    /// Throws when a part has another checksum than in the run that goes on. One of another kind, an earlier version's, tells
    /// nothing.
    package func checkResuming(_ saved: [String: String]?) throws {
        for part in ["training", "test"] {
            if let before = saved?[part], before.hasPrefix(Self.kind), let now = texts[part], before != now {
                throw ResumeError.otherContent(part: part, saved: before, found: now)
            }
        }
    }
}
