import Foundation
public import Diagnosis

/// Measurements that were written to files before.
public enum MeasurementFile {
    /// What `benchmark step --json` has printed.
    public static func steps(_ path: String) throws -> StepBenchmark {
        let result = try read(StepBenchmark.self, path, of: "benchmark step --json")
        guard result.fitsTogether else {
            throw UnreadableMeasurement(
                path: path, reason: "has figures that do not fit together", command: "benchmark step --json")
        }
        return result
    }

    /// What `benchmark allreduce --json` has written.
    public static func allreduce(_ path: String) throws -> AllreduceBenchmark {
        let result = try read(AllreduceBenchmark.self, path, of: "benchmark allreduce --json")
        guard result.rows.allSatisfy({ $0.bytes > 0 && $0.milliseconds > 0 && $0.milliseconds.isFinite }) else {
            throw UnreadableMeasurement(
                path: path, reason: "has sizes or times that are none", command: "benchmark allreduce --json")
        }
        return result
    }

    /// A million steps of one rank are half of it.
    private static let largestSize = 256 << 20

    private static func read<Value: Decodable>(_ type: Value.Type, _ path: String, of command: String) throws -> Value {
        func refusal(_ reason: String) -> UnreadableMeasurement {
            UnreadableMeasurement(path: path, reason: reason, command: command)
        }
        var file = stat()
        guard stat(path, &file) == 0 else { throw refusal("is not there") }
        guard file.st_mode & S_IFMT == S_IFREG, file.st_size <= largestSize else {
            throw refusal("is no file of at most \(ByteCount.text(largestSize))")
        }
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { throw refusal("cannot be read") }
        guard let line = text.split(separator: "\n").last(where: { $0.hasPrefix("{") }),
            let value = try? JSONText.decode(type, from: line)
        else { throw refusal("has no figures in it") }
        return value
    }
}

/// A file of measurements that is none.
struct UnreadableMeasurement: Error, CustomStringConvertible {
    let path, reason, command: String
    var description: String { "\(path) \(reason); expected a file of \(command)" }
}

extension StepBenchmark {
    /// Whether the numbers are those of a measurement, and each step of a rank has all of its figures.
    fileprivate var fitsTogether: Bool {
        let counts = [ranks, globalBatch, shards, steps]
        return counts.allSatisfy { (1...1_000_000_000).contains($0) } && parameters >= 0 && !rankSteps.isEmpty
            && rankSteps.allSatisfy { rank in
                let columns = [
                    rank.data, rank.forward, rank.backward, rank.packing, rank.exposedCommunication, rank.optimizer,
                ]
                return !rank.milliseconds.isEmpty && columns.allSatisfy { $0.count == rank.milliseconds.count }
                    && (columns + [rank.milliseconds]).joined().allSatisfy { $0.isFinite && $0 >= 0 }
            }
            && buckets.allSatisfy { $0.bytes > 0 && $0.lead.isFinite }
            && (0...1_000_000_000).contains(exchangedBytesPerSample ?? 0)
    }
}
