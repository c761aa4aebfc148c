public import Foundation

/// The file `metrics.jsonl`: one record a line, each appended by one write.
public final class MetricsFile {
    private let file: GrowingFile
    /// Of a resumed run: what was recorded of the step that it is resumed at.
    let recorded: [MetricsRecord]

    /// Opens the file at `path`, and makes it if there is none.
    public init(path: String) throws(RunLogError) {
        file = try GrowingFile(path: path)
        recorded = []
    }

    /// Opens the file of a run that is resumed after `step` steps: what was recorded of later ones is removed.
    /// - Parameter evaluates: whether that step is evaluated again: what was recorded of its evaluation is removed, too.
    public init(path: String, resumingAt step: Int, evaluates: Bool = false) throws(RunLogError) {
        recorded = try Self.removeLines(after: step, evaluates: evaluates, at: path)
        file = try GrowingFile(path: path)
    }

    /// Appends `record`, with the time `date` in it unless that is nil.
    ///
    /// A line that cannot be written is kept, and written with the next one. A file that was removed is made again with
    /// all lines.
    public func append(_ record: MetricsRecord, at date: Date? = nil) throws(RunLogError) {
        try file.append(Data((record.line(at: date) + "\n").utf8))
    }

    /// Removes lines of steps after `step`, and a last line that was only half written. Other lines stay as they are.
    /// Returns what stays of `step` itself.
    private static func removeLines(after step: Int, evaluates: Bool, at path: String) throws(RunLogError)
        -> [MetricsRecord]
    {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        let contents = try FileContents.read(path)
        let newline = UInt8(ascii: "\n")
        var lines = contents.split(separator: newline)
        if let last = lines.last, Position(last) == nil { lines.removeLast() }
        var recorded: [MetricsRecord] = []
        lines.removeAll { line in
            guard let position = Position(line), position.step >= step else { return false }
            guard position.step == step, let record = MetricsRecord(line: String(decoding: line, as: UTF8.self)) else {
                return position.step > step
            }
            if evaluates, record.endsEvaluation { return true }
            recorded.append(record)
            return false
        }
        let kept = Data(lines.flatMap { $0 + [newline] })
        if kept != contents { try FileContents.replace(path, with: kept) }
        return recorded
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
