import Checkpoints
import Training

extension Preparation {
    /// `value` under `name`, as JSON whose keys are sorted.
    mutating func set(_ name: String, _ value: some Encodable) throws {
        self[name] = try JSONFile.text(value, for: "the \(name) of the data")
    }

    /// What `set` has put under `name`; what was saved is a file's content, which may have been edited.
    func value<Content: Decodable>(_ name: String, as type: Content.Type) throws -> Content {
        guard let text = self[name] else { throw MissingPreparation(name: name) }
        return try JSONFile.decode(
            type, from: Array(text.utf8), path: "the checkpoint's \(name)", what: "what this version saves")
    }
}

/// A checkpoint lacks what its model needs besides the weights.
struct MissingPreparation: Error, CustomStringConvertible {
    let name: String
    var description: String {
        "the checkpoint has no \(name), which its recipe saves with every run; name one that this version has written"
    }
}
