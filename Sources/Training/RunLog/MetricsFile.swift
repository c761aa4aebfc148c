import Foundation

/// The file `metrics.jsonl`: one record a line, each appended by one write.
public final class MetricsFile {
    private let output: FileOutput

    /// Opens the file at `path`, and makes it if there is none.
    public init(path: String) throws(RunLogError) {
        output = try FileOutput(path: path, flags: O_APPEND)
    }

    /// Opens the file of a run that is resumed after `step` steps: what was recorded of later ones is removed.
    public convenience init(path: String, resumingAt step: Int) throws(RunLogError) {
        try Self.removeLines(after: step, at: path)
        try self.init(path: path)
    }

    /// Appends `record`.
    public func append(_ record: MetricsRecord) throws(RunLogError) {
        try output.write(Data((record.line + "\n").utf8))
    }

    /// Removes lines of steps after `step`, and a last line that was only half written. Other lines stay as they are.
    private static func removeLines(after step: Int, at path: String) throws(RunLogError) {
        guard FileManager.default.fileExists(atPath: path) else { return }
        let contents = try FileContents.read(path)
        let newline = UInt8(ascii: "\n")
        var lines = contents.split(separator: newline)
        if let last = lines.last, Position(last) == nil { lines.removeLast() }
        lines.removeAll { line in Position(line).map { $0.step > step } ?? false }
        let kept = Data(lines.flatMap { $0 + [newline] })
        guard kept != contents else { return }
        try FileContents.replace(path, with: kept)
    }

    /// The part of a line that tells where in the run it belongs.
    private struct Position: Decodable {
        let step: Int

        init?(_ line: Data) {
            guard let position = try? JSONDecoder().decode(Position.self, from: line) else { return nil }
            self = position
        }
    }
}
