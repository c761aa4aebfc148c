import Messages

extension DatasetError {
    /// Throws if there is nothing to train on, or nothing to test on although some should be.
    /// - Parameters:
    ///   - training: the number of samples to train on.
    ///   - test: the number of samples to test on.
    ///   - noun: what one sample is called, such as `row`.
    ///   - path: the file of the samples.
    ///   - testPath: the file of the test samples; nil if `testFraction` of the samples is for testing.
    ///   - testFraction: the setting data.test_fraction.
    package static func checkSplit(
        training: Int, test: Int, of noun: String, path: String, testPath: String?, testFraction: Double
    ) throws(DatasetError) {
        let needsTest = testPath != nil || testFraction > 0
        guard training == 0 || needsTest && test == 0 else { return }
        if let testPath {
            throw .unusable(
                path: training == 0 ? path : testPath, found: "no \(noun)s that can be used", expected: "at least one")
        }
        let count = training + test
        throw .unusable(
            path: path,
            found:
                "\(count) \(noun)\(count == 1 ? "" : "s"), of which data.test_fraction \(testFraction) leaves none to "
                + (training == 0 ? "train on" : "test on"),
            expected: "more \(noun)s, another data.test_fraction, or a file of test data (data.test_path)")
    }

    /// Throws if the files at `path` have fewer than two classes: nothing would tell one from another.
    package static func checkClasses(_ names: [String], path: String) throws(DatasetError) {
        guard names.count < 2 else { return }
        throw .unusable(
            path: path, found: names.isEmpty ? "no classes" : "1 class, \(names[0].excerpt)",
            expected: "at least 2: a folder for each, or a table of path and label")
    }
}
