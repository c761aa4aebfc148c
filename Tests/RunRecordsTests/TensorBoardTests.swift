import Foundation
import RunRecords
import TestSupport
import Testing

@Suite("Event files for TensorBoard")
struct TensorBoardTests {
    private let folder: TemporaryFolder
    private let directory: RunDirectory

    init() throws {
        folder = try TemporaryFolder()
        directory = try RunDirectory.create(at: folder("run"))
    }

    /// Starts the run after `step` steps, and logs a step and an evaluation for each of `steps`.
    private func start(after step: Int?, evaluates: Bool = false, _ steps: [Int]) throws {
        let log = try RunLog(directory: directory, resumedStep: step, evaluates: evaluates, reporter: silent)
        log.tensorBoard = try TensorBoardLog(directory, resumedStep: step, evaluates: evaluates)
        for step in steps {
            try log.step(exampleStep(step, epoch: 1))
            try log.evaluation(EvaluationReport(step: step, epoch: 1, samples: 10, loss: 0.5, accuracy: 0.75))
        }
    }

    private var silent: ProgressReporter { Watched(columns: nil).reporter }

    private func events() throws -> [RecordedEvent] {
        try TensorBoardLog.names(in: directory).flatMap { try RecordedEvent.all(in: "\(directory.path)/\($0)").events }
    }

    /// The steps of the values with this tag, in the order of files.
    private func steps(of tag: String) throws -> [Int] {
        try events().filter { $0.values.contains { $0.tag == tag } }.map(\.step)
    }

    /// Made with the Python package tensorboard 2.21: `RecordWriter` given the serialized messages
    /// `Event(wall_time=1.5, step=0, file_version="brain.Event:2")` and
    /// `Event(wall_time=1.5, step=7, summary=Summary(value=[Summary.Value(tag="train/loss", simple_value=0.25)]))`.
    @Test("have the bytes that TensorBoard's own writer gives them")
    func bytes() throws {
        let log = try TensorBoardLog(directory, at: Date(timeIntervalSince1970: 1.5))
        #expect(
            log.append([SummaryValue("train/loss", .scalar(0.25))], step: 7, at: Date(timeIntervalSince1970: 1.5))
                == nil)
        let name = try #require(TensorBoardLog.names(in: directory).first)
        let written = try folder.read("run/\(name)")
        #expect(name.hasPrefix("events.out.tfevents.0000000001."))
        #expect(Data(written).base64EncodedString() == Self.expected)
    }

    private static let expected =
        "GAAAAAAAAACjf0siCQAAAAAAAPg/Gg1icmFpbi5FdmVudDoyKihkbCAAAAAAAAAAKe2pUAkAAAAAAAD4PxAHKhMKEQoKdHJhaW4vbG9zcxUAAIA+9JhdGg=="

    @Test("have losses and metrics of steps, scores of evaluations and times, by tag")
    func scalars() throws {
        try start(after: nil, [50])
        let values = try events().flatMap(\.values)
        let byTag = Dictionary(values.map { ($0.tag, $0.scalar) }) { first, _ in first }
        #expect(byTag["train/loss"] == 0.08125)
        #expect(byTag["train/learning_rate"] == 0.05)
        #expect(byTag["test/accuracy"] == 0.75)
        #expect(byTag["time/backward_ms"] == 2.75)
        #expect(Set(values.map(\.tag)).count == values.count)
    }

    @Test("of a resumed run have each step once: what was recorded of later steps is cut off")
    func resumed() throws {
        try start(after: nil, [50, 100, 150])
        try start(after: 100, [150, 200])
        try start(after: 150, [200])
        #expect(try steps(of: "train/loss") == [50, 100, 150, 200])
        #expect(try steps(of: "test/loss") == [50, 100, 150, 200])
        #expect(TensorBoardLog.names(in: directory).count == 3)
    }

    @Test("of a run whose last step is evaluated again have that evaluation once")
    func evaluatedAgain() throws {
        try start(after: nil, [50, 100])
        try start(after: 100, evaluates: true, [])
        #expect(try steps(of: "train/loss") == [50, 100])
        #expect(try steps(of: "test/loss") == [50])
    }

    @Test("of a run that begins again are removed")
    func again() throws {
        try start(after: nil, [50])
        try start(after: 0, [50])
        #expect(try steps(of: "train/loss") == [50])
        #expect(TensorBoardLog.names(in: directory).count == 1)
    }

    @Test("that end in the middle of an event, or are damaged there, are read up to it", arguments: [false, true])
    func damaged(isCut: Bool) throws {
        try start(after: nil, [50, 100])
        let name = "run/" + TensorBoardLog.names(in: directory)[0]
        var bytes = try folder.read(name)
        if isCut { bytes.removeLast(3) } else { bytes[bytes.count - 9] ^= 1 }
        try folder.write(bytes, to: name)
        try start(after: 100, [150])
        #expect(try steps(of: "train/loss") == [50, 100, 150])
        #expect(try steps(of: "test/loss") == [50, 150])
    }

    @Test("take nothing of a length that a file claims: changed bytes never trap")
    func fuzzed() throws {
        try start(after: nil, [50, 100])
        let name = "run/" + TensorBoardLog.names(in: directory)[0]
        let bytes = try folder.read(name)
        for offset in bytes.indices {
            var changed = bytes
            changed[offset] ^= UInt8(truncatingIfNeeded: 1 << (offset % 8))
            try folder.write(changed, to: "changed")
            let found = try RecordedEvent.all(in: folder("changed")).events
            #expect(found.count < 5)
        }
    }

    @Test("are not written through a symbolic link")
    func link() throws {
        try FileManager.default.createSymbolicLink(
            atPath: folder("run/events.out.tfevents.0000000009.x"), withDestinationPath: folder("elsewhere"))
        try Data("secret".utf8).write(to: URL(filePath: folder("elsewhere")))
        try start(after: 0, [50])
        #expect(try folder.text("elsewhere") == "secret")
    }

    @Test("have histograms whose bins hold every finite number")
    func histogram() {
        let values: [Float] = [-1, -0.5, 0, .nan, 0.25, 1, .infinity]
        let bins = values.withUnsafeBufferPointer { HistogramBins($0, factor: 2, bins: 4) }
        #expect((bins.least, bins.greatest, bins.sum, bins.sumOfSquares) == (-2, 2, -0.5, 9.25))
        #expect(bins.upperBounds == [-1, 0, 1, 2])
        #expect(bins.counts == [1, 1, 2, 1])
        let equal = [Float(3), 3].withUnsafeBufferPointer { HistogramBins($0) }
        #expect(equal.count == 2 && equal.upperBounds.last == 3)
        #expect(([] as [Float]).withUnsafeBufferPointer { HistogramBins($0) }.count == 0)
    }
}
