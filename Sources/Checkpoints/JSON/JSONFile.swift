import FoundationEssentials
import Messages

/// JSON in files that come from outside: nothing in them makes the program trap, recurse without end or take the last
/// of two equal names.
package enum JSONFile {
    /// The value in the file at `path`, of at most `limit` bytes; `what` completes "expected …".
    package static func read<Value: Decodable>(
        _ type: Value.Type, path: String, limit: Int, what: String
    ) throws(CheckpointError) -> Value {
        try decode(type, from: InputFile(path: path).contents(limit: limit), path: path, what: what)
    }

    /// The value in `bytes`, read from `path`; `what` completes "expected …".
    package static func decode<Value: Decodable>(
        _ type: Value.Type, from bytes: [UInt8], path: String, what: String
    ) throws(CheckpointError) -> Value {
        do {
            try validate(bytes)
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch let flaw as Flaw {
            throw flaw.error(in: path)
        } catch let error as DecodingError {
            throw .unusable(path: path, found: summary(error), expected: what)
        } catch {
            throw .unusable(path: path, found: "text that is not JSON", expected: what)
        }
    }

    /// Checks that `bytes` are one JSON value that every decoder reads alike.
    static func validate(_ bytes: [UInt8]) throws(Flaw) {
        var scanner = JSONScanner(bytes, of: "the file")
        try scanner.validateValue()
        try scanner.end()
    }

    /// The JSON of `value`: a line for each value, keys sorted, so that equal values have equal bytes.
    package static func encode(_ value: some Encodable, for path: String) throws(CheckpointError) -> [UInt8] {
        try encode(value, [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes], path) + [UInt8(ascii: "\n")]
    }

    /// The JSON of `value` on one line, keys sorted; `path` says for messages what it is written to.
    package static func text(_ value: some Encodable, for path: String) throws(CheckpointError) -> String {
        String(decoding: try encode(value, [.sortedKeys, .withoutEscapingSlashes], path), as: UTF8.self)
    }

    private static func encode(
        _ value: some Encodable, _ formatting: JSONEncoder.OutputFormatting, _ path: String
    ) throws(CheckpointError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = formatting
        do {
            return try Array(encoder.encode(value))
        } catch {
            throw .unusable(
                path: path, found: foreignMessage(error) ?? "a value that cannot be written as JSON",
                expected: "finite numbers; look for values in the data that are far beyond all others")
        }
    }
}
