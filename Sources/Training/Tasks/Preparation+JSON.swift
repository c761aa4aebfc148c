import Checkpoints
import Datasets

extension Preparation {
    /// Stores `value` under `name`, as JSON with sorted keys: the same text on every rank, which a run requires.
    public mutating func set(_ name: String, _ value: some Encodable) throws {
        self[name] = try JSONFile.text(value, for: "the \(name) of the data")
    }

    /// The value that `set` stored under `name`. Throws if it is missing or unreadable, or if `check` throws: a saved run is a file
    /// that may have been edited.
    public func value<Content: Decodable>(
        _ name: String, as type: Content.Type, check: (Content) throws -> Void = { _ in }
    ) throws -> Content {
        guard let text = self[name] else { throw MissingPreparation(name: name) }
        do {
            let value = try JSONFile.decode(
                type, from: Array(text.utf8), path: "the checkpoint's \(name)", what: "what this version saves")
            try check(value)
            return value
        } catch let flaw as VocabularyFlaw {
            throw DamagedPreparation(name: name, reason: "\(flaw)")
        }
    }
}

/// A checkpoint lacks what its model needs besides the weights.
package struct MissingPreparation: Error, CustomStringConvertible {
    let name: String

    /// For the part `name`.
    package init(name: String) { self.name = name }

    package var description: String {
        "the checkpoint has no \(name), which its recipe saves with every run; name one that this version has written"
    }
}

/// What a checkpoint has besides the weights is not what its recipe has saved.
public struct DamagedPreparation: Error, CustomStringConvertible {
    let name, reason: String

    /// What is saved under `name` cannot be used for `reason`, which names what was found and what was expected.
    public init(name: String, reason: String) { (self.name, self.reason) = (name, reason) }

    /// What is wrong with it, and what to do.
    public var description: String {
        "cannot use the checkpoint's \(name): \(reason); it was changed after it was saved: name another checkpoint"
    }
}
