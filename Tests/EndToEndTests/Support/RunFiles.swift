import Checkpoints
import Foundation

/// What a run has left in its directory.
struct RunFiles {
    let path: String

    var store: CheckpointStore { CheckpointStore(directory: path + "/checkpoints", keep: 1) }

    /// The steps of its checkpoints, rising.
    var steps: [Int] { get throws { try store.steps() } }

    /// The path of the newest checkpoint.
    var newestCheckpoint: String {
        get throws {
            guard let step = try steps.last else { throw NothingSaved(path: path) }
            let digits = String(step)
            return "\(path)/checkpoints/step-\(String(repeating: "0", count: 8 - digits.count))\(digits)"
        }
    }

    /// The bytes of the newest checkpoint.
    var saved: Saved {
        get throws {
            let checkpoint = try newestCheckpoint
            func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(filePath: "\(checkpoint)/\(name)")) }
            return Saved(
                step: try steps.last ?? 0, model: try bytes("model.safetensors"),
                optimizer: try bytes("optimizer.safetensors"))
        }
    }

    /// The bytes of what the newest checkpoint says of the run: how far it is, its schedule, the settings.
    var state: Data { get throws { try Data(contentsOf: URL(filePath: newestCheckpoint + "/state.json")) } }

    /// The lines of `metrics.jsonl`; all of them, or those of one event.
    func metrics(_ event: String? = nil) throws -> [[String: Any]] {
        let text = try String(contentsOfFile: path + "/metrics.jsonl", encoding: .utf8)
        return try text.split(separator: "\n").map { line in
            let value = try JSONValue(bytes: Array(line.utf8), path: path + "/metrics.jsonl")
            guard let record = value.object as? [String: Any] else { throw NoObject(line: String(line)) }
            return record
        }
        .filter { event == nil || $0["event"] as? String == event }
    }

    /// The numbers of one field in all lines of an event.
    func numbers(_ field: String, of event: String) throws -> [Double] {
        try metrics(event).compactMap { $0[field] as? Double }
    }
}

extension JSONValue {
    /// The value as JSONSerialization gives it, which reads 2.6817340112881904 as 2.6817340112881913.
    fileprivate var object: Any {
        switch self {
        case .null: NSNull()
        case .boolean(let flag): flag
        case .number(let number): NSNumber(value: number)
        case .string(let text): text
        case .array(let elements): elements.map(\.object)
        case .object(let members):
            Dictionary(members.map { ($0.name, $0.value.object) }, uniquingKeysWith: { first, _ in first })
        }
    }
}

/// The weights and the optimizer's state after a step, as the bytes of their files.
struct Saved: Equatable, CustomStringConvertible {
    let step: Int
    let model, optimizer: Data

    var description: String {
        "step \(step), model \(model.count) bytes \(digest(model)), optimizer \(optimizer.count) bytes \(digest(optimizer))"
    }

    /// FNV-1a, 64 bits.
    private func digest(_ bytes: Data) -> String {
        String(bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }, radix: 16)
    }
}

struct NothingSaved: Error, CustomStringConvertible {
    let path: String
    var description: String { "\(path) has no checkpoint" }
}

struct NoObject: Error, CustomStringConvertible {
    let line: String
    var description: String { "not a JSON object: \(line)" }
}
