import Checkpoints
import Foundation

/// What a run directory tells of a run: its starts and its records.
public struct RunHistory: Sendable {
    /// The run's directory.
    public let directory: RunDirectory
    /// Recipe, hosts and starts; nil where there is no manifest.
    public let manifest: Manifest?
    /// The records in their order. Of very many steps only some, evenly spaced: see `recordedSteps`.
    public let records: [TimedRecord]
    /// How many steps were recorded.
    public let recordedSteps: Int
    /// The lines of `metrics.jsonl` that are no records.
    public let unreadableLines: Int
    /// The steps of which there is a checkpoint, rising.
    public let checkpoints: [Int]
    /// The step of the best checkpoint, where one is marked.
    public let bestCheckpoint: Int?
    /// The pictures of samples by step, rising, and name.
    public let samples: [(step: Int, name: String, path: String)]

    /// The most records of steps that are read: more than a picture can show.
    package static let mostSteps = 20_000

    /// Reads the run in the directory at `path`, which is not changed.
    public init(path: String) throws(RunLogError) {
        let directory = RunDirectory(path: path)
        guard !path.isEmpty, directory.traceOfRun != nil else { throw .noHistory(directory: path) }
        self.directory = directory
        manifest = FileContents.exists(directory.manifestPath) ? try Manifest(path: directory.manifestPath) : nil
        let bytes = FileContents.exists(directory.metricsPath) ? try FileContents.read(directory.metricsPath) : Data()
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        let isStep = lines.map { $0.starts(with: Self.stepStart) }
        let steps = isStep.count { $0 }
        let stride = (steps + Self.mostSteps - 1) / Self.mostSteps
        var (records, unreadable, number): ([TimedRecord], Int, Int) = ([], 0, 0)
        for (line, isStep) in zip(lines, isStep) {
            if isStep { number += 1 }
            // the last step always counts
            if isStep, stride > 1, number % stride != 0, number != steps { continue }
            if let record = TimedRecord(line: String(decoding: line, as: UTF8.self)) {
                records.append(record)
            } else {
                unreadable += 1
            }
        }
        (self.records, recordedSteps, unreadableLines) = (records, steps, unreadable)
        let store = CheckpointStore(directory: directory.checkpointsPath, keep: 1)
        do {
            checkpoints = try store.steps()
            bestCheckpoint = try store.bestStep()
        } catch {
            throw RunLogError(error)
        }
        samples = Self.samples(in: directory)
    }

    private static let stepStart = Data("{\"event\":\"step\"".utf8)

    private static func samples(in directory: RunDirectory) -> [(step: Int, name: String, path: String)] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.samplesPath)) ?? []
        return names.compactMap { name in
            guard let match = name.wholeMatch(of: /step-(\d{1,18})-(.+)\.png/), let step = Int(match.1) else {
                return nil
            }
            return (step, String(match.2), "\(directory.samplesPath)/\(name)")
        }.sorted { ($0.step, $0.name) < ($1.step, $1.name) }
    }

    /// The reports of steps, in their order.
    public var steps: [StepReport] {
        records.compactMap { if case .step(let report) = $0.record { report } else { nil } }
    }

    /// The evaluations, in their order.
    public var evaluations: [EvaluationReport] {
        records.compactMap { if case .evaluation(let report) = $0.record { report } else { nil } }
    }

    /// The summary at the end; nil where the run is not complete.
    public var summary: RunSummary? {
        if case .summary(let summary)? = records.last?.record { summary } else { nil }
    }
}
