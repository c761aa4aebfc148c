import Checkpoints
package import Foundation

/// Files of a run read and replaced as a whole; every failure is thrown with the path and the system's reason.
///
/// What is no regular file is refused, and nothing is written through a symbolic link.
package enum FileContents {
    /// What the file at `path` holds, when it has at most `limit` bytes.
    package static func read(_ path: String, limit: Int = .max) throws(RunLogError) -> Data {
        do {
            return Data(try InputFile(path: path).contents(limit: limit))
        } catch {
            throw RunLogError(error)
        }
    }

    /// Whether there is anything at `path`: a link that leads nowhere, too.
    package static func exists(_ path: String) -> Bool {
        var information = stat()
        return lstat(path, &information) == 0
    }

    /// Replaces the file at `path` by one with `contents`: readers see the old or the new, never a part.
    package static func replace(_ path: String, with contents: some Sequence<UInt8>) throws(RunLogError) {
        do {
            try OutputFile.replace(path) { (file) throws(CheckpointError) in try file.write(contents) }
        } catch {
            throw RunLogError(error)
        }
    }

    /// The value in the JSON file at `path`; `what` completes "it is not …".
    package static func decode<Value: Decodable>(
        _ type: Value.Type, _ path: String, limit: Int = 1 << 26, what: String
    ) throws(RunLogError) -> Value {
        do {
            return try JSONFile.read(type, path: path, limit: limit, what: what)
        } catch {
            throw RunLogError(error)
        }
    }

    /// Replaces the file at `path` by the JSON of `value`: a line for each value, keys sorted.
    package static func replace(_ path: String, withJSON value: some Encodable) throws(RunLogError) {
        do {
            let bytes = try JSONFile.encode(value, for: path)
            try OutputFile.replace(path) { (file) throws(CheckpointError) in try file.write(bytes) }
        } catch {
            throw RunLogError(error)
        }
    }
}

extension RunLogError {
    /// The same error about a file of a run.
    init(_ error: CheckpointError) {
        self =
            switch error {
            case .refused(let attempt, let path, let reason): .system(attempt: attempt, path: path, reason: reason)
            case .unusable(let path, let found, let expected):
                .malformed(path: path, problem: "found \(found), expected \(expected)")
            default: .malformed(path: "a file of the run", problem: "\(error)")
            }
    }
}
