import Messages

/// The rows of a table in a packed file, as numbers, with the settings that they follow from.
package struct PackedTable: HostLoadable {
    /// Everything but the arrays.
    package struct Notes: Codable, Sendable {
        let data: TableData.Notes
        /// The texts of settings by their keys.
        let settings: [String: String]
    }

    static let kind = "tables"

    package let notes: Notes
    private let data: TableData

    package var arrays: [HostBytes] { data.arrays }

    private init(_ data: TableData, _ settings: [String: String]) {
        (self.data, notes) = (data, Notes(data: data.notes, settings: settings))
    }

    /// The rows that `notes` and `arrays` describe. Throws if they do not fit each other.
    package init(notes: Notes, arrays: [HostBytes]) throws {
        let counts = [notes.data.trainingCount, notes.data.testCount]
        guard counts.allSatisfy({ (0...1 << 40).contains($0) }) else { throw PackedContent.Misfit() }
        try notes.data.schema.validate()
        (self.notes, data) = (notes, try TableData(notes: notes.data, arrays: arrays))
        guard data.training.isSound(notes.data.schema), data.test.isSound(notes.data.schema) else {
            throw PackedContent.Misfit()
        }
    }

    /// The rows of the packed table at the path of a request; nil if no packed file is there. *Local.*
    ///
    /// Throws if `settings` are others than those that it was packed with: numbers of a table follow from all of them.
    package static func read(
        _ request: TableRequest, settings: [String: String]
    ) throws(DatasetError) -> TableData? {
        let path = request.path
        guard let packed = try PackedContent.read(PackedTable.self, kind: kind, at: path) else { return nil }
        for array in packed.arrays { try array.check() }
        try PackedContent.check(testPath: request.testPath, at: path)
        for (key, value) in settings.sorted(by: { $0.key < $1.key }) {
            try PackedContent.check(
                key, packed: packed.notes.settings[key] ?? "none", asked: value, of: "a table", at: path)
        }
        if let schema = request.schema, schema != packed.notes.data.schema {
            throw .unusable(
                path: path, found: "other columns or statistics",
                expected: "those that the model has learned from; pack the table anew")
        }
        return packed.data
    }

    /// Writes the rows that are asked for to a packed file at `target`. *Local.*
    /// - Parameters:
    ///   - settings: those that the rows follow from, their texts by their keys.
    ///   - progress: told how many bytes of how many were read, then how many of how many were written.
    /// - Returns: lines that say what was packed.
    package static func pack(
        _ request: TableRequest, settings: [String: String], to target: String,
        progress: (_ done: Int, _ of: Int) -> Void
    ) throws -> [String] {
        let data = try TableData(request, progress: progress)
        let bytes = try PackedContent.write(
            PackedTable(data, settings), kind: kind, to: target, progress: progress)
        return [
            PackedContent.summary("row", training: data.training.count, test: data.test.count, bytes: bytes)
        ] + data.notes.lines
    }
}
