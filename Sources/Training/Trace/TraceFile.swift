import Foundation
import Messages
import Timeline
import RunRecords

/// A trace of all ranks in the format of Chrome's tracing, which Perfetto reads too.
///
/// Each rank is a process, with the main thread, the loader and the communication as its threads; where buckets are reduced
/// at the same time, further ones. All times are microseconds of rank 0's clock, from the first event on.
///
/// Source: Google, "Trace Event Format", 2016.
final class TraceFile {
    private let output: FileOutput
    private let path: String
    private var isEmpty = true

    /// Begins a new file in place of the one that is there.
    init(path: String) throws(RunLogError) {
        output = try FileOutput(path: path + ".new", flags: O_TRUNC)
        self.path = path
        try output.write(Data("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n".utf8))
    }

    /// Adds the events of a rank: JSON objects with commas between them.
    func append(_ events: [UInt8]) throws(RunLogError) {
        guard !events.isEmpty else { return }
        try output.write(Data((isEmpty ? "" : ",\n").utf8))
        isEmpty = false
        try output.write(Data(events))
    }

    /// Completes the file, and gives it its name.
    func finish() throws(RunLogError) {
        try output.write(Data("\n]}\n".utf8))
        guard rename(path + ".new", path) == 0 else { throw .last("replace", path) }
    }

    /// What one rank has recorded, by the clock of rank 0.
    struct Part {
        let rank: Int
        let host: String
        let events: [TimelineEvent]
        /// The time that is written as 0.
        let origin: UInt64
        let dropped: Int
        let clockError: UInt64

        private enum Thread { static let main = 1, loader = 2, communication = 3 }

        /// The events as JSON objects with commas between them.
        var json: [UInt8] {
            var lanes = Lanes()
            let placed = events.filter { $0.kind == .bucket }.sorted { $0.begin < $1.begin }.map {
                ($0, lanes.place($0))
            }
            var lines = [
                named("process_name", "rank \(rank) (\(host))"),
                metadata("process_sort_index", "\"sort_index\":\(rank)"),
                metadata(
                    "process_labels",
                    "\"labels\":\("clock ± \(clockError) ns, \(dropped) events dropped".quoted)"),
                named("thread_name", "main", Thread.main), named("thread_name", "data loader", Thread.loader),
            ]
            lines += (0..<max(1, lanes.count)).map {
                named("thread_name", $0 == 0 ? "communication" : "communication \($0 + 1)", Thread.communication + $0)
            }
            for event in events where event.kind != .bucket {
                lines.append(line(event, event.kind == .loading ? Thread.loader : Thread.main))
            }
            lines += placed.map { line($0, Thread.communication + $1) }
            return Array(lines.joined(separator: ",\n").utf8)
        }

        private func line(_ event: TimelineEvent, _ thread: Int) -> String {
            var arguments = event.step.map { ["\"step\":\($0)"] } ?? []
            arguments += event.bytes.map { ["\"bytes\":\($0)"] } ?? []
            let phase =
                event.kind == .filled
                ? "\"ph\":\"i\",\"s\":\"t\""
                : "\"ph\":\"X\",\"dur\":\(Self.microseconds(max(event.begin, event.end) - event.begin))"
            return
                "{\"name\":\(event.name.quoted),\"cat\":\"\(event.kind.rawValue)\",\(phase),\"ts\":\(Self.microseconds(event.begin - origin)),\"pid\":\(rank),\"tid\":\(thread),\"args\":{\(arguments.joined(separator: ","))}}"
        }

        /// All digits of a number of nanoseconds.
        private static func microseconds(_ nanoseconds: UInt64) -> String {
            "\(nanoseconds / 1000)." + String(nanoseconds % 1000).zeroPadded(to: 3)
        }

        private func named(_ what: String, _ name: String, _ thread: Int = Thread.main) -> String {
            metadata(what, "\"name\":\(name.quoted)", thread)
        }

        private func metadata(_ what: String, _ argument: String, _ thread: Int = Thread.main) -> String {
            "{\"name\":\"\(what)\",\"ph\":\"M\",\"pid\":\(rank),\"tid\":\(thread),\"args\":{\(argument)}}"
        }
    }

    /// Places of events, so that none begins on a lane before the one there has ended.
    private struct Lanes {
        private var ends: [UInt64] = []
        var count: Int { ends.count }

        mutating func place(_ event: TimelineEvent) -> Int {
            let lane = ends.firstIndex { $0 <= event.begin } ?? ends.count
            if lane == ends.count { ends.append(0) }
            ends[lane] = event.end
            return lane
        }
    }
}

extension String {
    /// The text as JSON.
    fileprivate var quoted: String { jsonText }
}
