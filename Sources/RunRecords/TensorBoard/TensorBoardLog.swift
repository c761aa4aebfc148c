package import Foundation
import Machine
import Messages

/// The event file of one start of a run, for TensorBoard: `events.out.tfevents.SECONDS.HOST` in the run directory.
///
/// Each start writes a file of its own, for a TensorBoard that is looking does not read a file again; what earlier ones
/// recorded of later steps is cut off them.
package final class TensorBoardLog {
    private let file: GrowingFile
    /// Whether events wait to be written, which has been said.
    private var isBehind = false

    /// The file of a start in `directory` after `step` steps, nil for a new run.
    /// - Parameter evaluates: whether that step is evaluated again.
    package init(
        _ directory: RunDirectory, resumedStep step: Int? = nil, evaluates: Bool = false, at date: Date = Date()
    ) throws(RunLogError) {
        let earlier = Self.names(in: directory)
        if let step {
            for name in earlier {
                try Self.removeEvents(after: step, evaluates: evaluates, at: "\(directory.path)/\(name)")
            }
        }
        // the files of a run are read in the order of their names
        let last = earlier.compactMap {
            $0.dropFirst(Self.prefix.count).split(separator: ".").first.flatMap { Int($0) }
        }
        let seconds = max(Int(date.timeIntervalSince1970), (last.max() ?? 0) + 1)
        let number = String(seconds).zeroPadded(to: 10)
        let host = String(HostName.current.map { $0.isLetter || $0.isNumber || "._-".contains($0) ? $0 : "_" })
        file = try GrowingFile(path: "\(directory.path)/\(Self.prefix)\(number).\(host)")
        try append([TensorBoardEvent(date: date, step: 0, content: .version)])
        if let step, step > 0 { try append([TensorBoardEvent(date: date, step: step + 1, content: .start)]) }
    }

    private static let prefix = "events.out.tfevents."

    /// The event files in `directory`, in the order of time.
    package static func names(in directory: RunDirectory) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
        return names.filter { $0.hasPrefix(prefix) }.sorted()
    }

    /// Appends `values` of step `step`; returns a warning the first time that the system refuses to write them: they
    /// are kept, and written with later ones.
    package func append(_ values: [SummaryValue], step: Int, at date: Date) -> String? {
        guard !values.isEmpty else { return nil }
        do {
            try append([TensorBoardEvent(date: date, step: step, content: .summary(values))])
            isBehind = false
        } catch {
            defer { isBehind = true }
            if !isBehind { return "\(error); the run goes on, and TensorBoard's events wait in memory" }
        }
        return nil
    }

    private func append(_ events: [TensorBoardEvent]) throws(RunLogError) {
        try file.append(Data(events.flatMap { TFRecord.encode($0.bytes) }))
    }

    /// Cuts the file at `path` off at the first event of a step after `step`, or that is damaged; of a step that is
    /// evaluated again, at its evaluation. A file without values is removed.
    private static func removeEvents(after step: Int, evaluates: Bool, at path: String) throws(RunLogError) {
        let (events, size) = try RecordedEvent.all(in: path)
        var (end, hasValues) = (0, false)
        for event in events {
            let isTest = evaluates && event.step == step && event.values.contains { $0.tag.hasPrefix("test/") }
            if !event.values.isEmpty, step == 0 || event.step > step || isTest { break }
            if !event.values.isEmpty { hasValues = true }
            end = event.range.upperBound
        }
        if !hasValues {
            guard unlink(path) == 0 else { throw .last("remove", path) }
        } else if end < size {
            try FileOutput(path: path, flags: O_APPEND).shorten(to: end)
        }
    }
}
