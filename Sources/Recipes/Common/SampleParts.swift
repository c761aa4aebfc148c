import Datasets
import Settings
import Training

/// The samples to train on and to test on.
struct SampleParts<Sample> {
    let training, test: [Sample]

    /// All of `samples` and of `tests`, or where that is nil a part of `samples` each, as the settings and the seed say.
    ///
    /// With `labels`, one for each of `samples`, each class gets its part. With a fraction of 0 nothing is for testing.
    /// Throws when another part is empty; the error calls a sample `noun`, and names `path`.
    init(
        _ settings: Settings, _ samples: [Sample], _ tests: [Sample]?, labels: [Int]? = nil, of path: String,
        _ noun: String
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
        try DatasetError.checkSplit(
            training: training.count, test: test.count, of: noun, path: path,
            testPath: tests == nil ? nil : settings.data.testPath ?? path, testFraction: settings.data.testFraction)
    }
}
