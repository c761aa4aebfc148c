import Foundation
import Training

extension Preparation {
    /// `value` under `name`, as JSON whose keys are sorted.
    mutating func set(_ name: String, _ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        self[name] = String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// What `set` has put under `name`.
    func value<Content: Decodable>(_ name: String, as type: Content.Type) throws -> Content {
        guard let text = self[name] else { throw MissingPreparation(name: name) }
        return try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}

/// A checkpoint lacks what its model needs besides the weights.
struct MissingPreparation: Error, CustomStringConvertible {
    let name: String
    var description: String {
        "the checkpoint has no \(name), which its recipe saves with every run; name one that this version has written"
    }
}
