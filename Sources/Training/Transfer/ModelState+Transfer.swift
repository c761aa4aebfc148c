import Checkpoints
import Kernels
import Optimizers

extension ModelState {
    /// Puts those weights and running statistics of `source` in place that have a name and a shape of this model. *Local.*
    ///
    /// Throws `NothingTransferred`, and changes nothing, when there are none.
    /// - Parameter skipped: patterns of names that stay as they are.
    func transfer(from source: WeightSource, skipping skipped: [String]) throws -> TransferReport {
        var report = TransferReport(source: source.description)
        let patterns = skipped.map { NamePattern($0) }
        var found = Dictionary(source.shapes.map { ($0.name, $0.shape) }) { first, _ in first }
        var taken: [Place] = []
        for place in modelPlaces {
            let shape = found.removeValue(forKey: place.name)
            if patterns.contains(where: { $0.matches(place.name) }) {
                report.skipped.append(place.name)
            } else if let shape {
                if shape == place.shape {
                    taken.append(place)
                } else {
                    report.otherShape.append((place.name, place.shape, shape))
                }
            } else {
                report.missing.append((place.name, place.shape))
            }
        }
        report.unused = source.shapes.filter { found[$0.name] != nil }
        report.taken = taken.map { ($0.name, $0.shape) }
        report.elements = (taken.reduce(0) { $0 + $1.buffer.count }, modelPlaces.reduce(0) { $0 + $1.buffer.count })
        guard !taken.isEmpty else { throw NothingTransferred(report: report) }
        let moves = try taken.map { ($0.buffer, try source.read($0.name)) }
        for (buffer, tensor) in moves {
            tensor?.withValues { values in
                if let start = values.baseAddress { buffer.pointer.update(from: start, count: buffer.count) }
            }
        }
        return report
    }
}

/// No weight of the source has a place in the model.
struct NothingTransferred: Error, CustomStringConvertible {
    let report: TransferReport

    var description: String {
        let reasons = report.rows(longest: 3).dropFirst().map { "\($0.name): \($0.value)" }
        return "no weight could be taken from \(report.source): \(reasons.joined(separator: "; "));"
            + " name a run of a model with layers of the same names and shapes (transfer.from, --init-from)"
    }
}
