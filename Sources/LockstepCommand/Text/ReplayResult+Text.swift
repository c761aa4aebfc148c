import Checkpoints
import Diagnosis
import Messages
import RunRecords
import Training

extension ReplayResult {
    /// The result as an aligned block, a section for each shard, that ends with a line's end.
    var text: String {
        let head: [(name: String, value: String)] = [
            ("recorded", record.finding),
            ("weights", "hash \(record.weightsHash), as they were before the step"),
        ]
        let sections = zip(record.shards, shards).map { saved, now in
            block(
                "Shard \(now.shard)",
                [
                    ("computed by", "rank \(now.rank) of \(record.ranks) (\(now.host))"),
                    ("samples", now.samples.map(String.init).joined(separator: " ")),
                    ("loss", Self.compared(Readable.number(now.loss), now.lossBits, saved.lossBits)),
                    ("gradient", Self.compared("hash", now.gradientHash, saved.gradientHash)),
                    ("first", Self.origin(of: now)),
                ])
        }
        return block("Step \(record.step) of \(record.state.recipe)", head) + sections.joined()
    }

    private static func compared(_ value: String, _ bits: String, _ saved: String) -> String {
        "\(value) \(bits), " + (bits == saved ? "as recorded" : "where \(saved) was recorded")
    }

    private static func origin(of shard: ReplayRecord.Shard) -> String {
        if let operation = shard.operation {
            let inputs = operation.isOfData ? ", whose data are not finite" : ", of shape \(operation.shape)"
            return "\(operation.text)\(inputs)"
        }
        return shard.gradient.map { "the gradient of \($0)" } ?? "loss and gradient are finite"
    }
}
