import Datasets
import Settings
import Training

/// The samples to train on and to test on.
struct SampleParts<Sample> {
    let training, test: [Sample]

    /// All of `samples` and of `tests`, or where that is nil a part of `samples` each, as the settings and the seed say.
    ///
    /// With `labels`, one for each of `samples`, each class gets its part. With a fraction of 0 nothing is for testing.
    /// Throws when another part is empty; the error calls the samples `what`, of `path`.
    init(
        _ settings: Settings, _ samples: [Sample], _ tests: [Sample]?, labels: [Int]? = nil, of path: String,
        _ what: String
    ) throws {
        if let tests {
            (training, test) = (samples, tests)
        } else {
            let (fraction, seed) = (settings.data.testFraction, settings.seed)
            let split =
                labels.map { TestSplit(labels: $0, testFraction: fraction, seed: seed) }
                ?? TestSplit(count: samples.count, testFraction: fraction, seed: seed)
            (training, test) = (split.training.map { samples[$0] }, split.test.map { samples[$0] })
        }
        guard !training.isEmpty, !test.isEmpty || (tests == nil && settings.data.testFraction == 0) else {
            throw EmptyPart(
                path: tests == nil || training.isEmpty ? path : settings.data.testPath ?? path, what: what,
                count: samples.count, isSplit: tests == nil, fraction: settings.data.testFraction)
        }
    }
}

/// There is nothing to train on, or nothing to test on.
struct EmptyPart: Error, CustomStringConvertible {
    let path, what: String
    let count: Int
    let isSplit: Bool
    let fraction: Double

    var description: String {
        isSplit
            ? "cannot use \(path): its \(count) \(what) cannot be parted into some to train on and \(fraction) of them to test on; change data.test_fraction, or name a file (data.test_path)"
            : "cannot use \(path): it has no \(what)"
    }
}
