import Communication
import Datasets

/// The checksums of a task's data by part, `training` and `test`; of data that have none, none.
struct DataChecksums {
    let texts: [String: String]

    /// Reads the data of `task`, of large ones a part. *Local.*
    init(_ task: some TrainingTask) {
        let checksums = [("training", task.trainingData.checksum), ("test", task.testData.checksum)]
        texts = Dictionary(
            uniqueKeysWithValues: checksums.compactMap { part, checksum in
                checksum.map { (part, String(UInt64($0) | 1 << 32, radix: 16).dropFirst().description) }
            })
    }

    /// Throws on every rank unless all have the same data. *Collective.*
    func requireEqual(over communicator: any Communicator) throws {
        for part in ["training", "test"] {
            let own = texts[part].flatMap { Int($0, radix: 16) } ?? 0
            try communicator.requireEqual(
                own, "the checksum of the \(part) data", advice: "give all ranks the same data")
        }
    }

    /// Throws when a part has another checksum than in the run that goes on.
    func checkResuming(_ saved: [String: String]?) throws {
        for part in ["training", "test"] {
            if let before = saved?[part], let now = texts[part], before != now {
                throw ResumeError.otherContent(part: part, saved: before, found: now)
            }
        }
    }
}
