import Foundation
public import Training

/// Measurements that were written to files before.
public enum MeasurementFile {
    /// What `benchmark step --json` has printed.
    public static func steps(_ path: String) throws -> StepBenchmark {
        try read(StepBenchmark.self, path, of: "benchmark step --json")
    }

    /// What `benchmark allreduce --json` has written.
    public static func allreduce(_ path: String) throws -> AllreduceBenchmark {
        try read(AllreduceBenchmark.self, path, of: "benchmark allreduce --json")
    }

    private static func read<Value: Decodable>(_ type: Value.Type, _ path: String, of command: String) throws -> Value {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw UnreadableMeasurement(path: path, reason: "cannot be read", command: command)
        }
        guard let line = text.split(separator: "\n").last(where: { $0.hasPrefix("{") }),
            let value = try? JSONText.decode(type, from: line)
        else { throw UnreadableMeasurement(path: path, reason: "has no figures in it", command: command) }
        return value
    }
}

/// A file of measurements that is none.
struct UnreadableMeasurement: Error, CustomStringConvertible {
    let path, reason, command: String
    var description: String { "\(path) \(reason); a file with what lockstep \(command) gives is expected" }
}
