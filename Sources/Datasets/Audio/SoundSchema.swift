/// What a model has learned of the sounds that it was trained on; saved with it.
package struct SoundSchema: Codable, Sendable, Equatable {
    /// The parameters of the features.
    package let format: MelSpectrogram.Format
    /// The frames that a model sees of a recording.
    package let frames: Int
    /// Mean and deviation of each band over the training recordings.
    package let mean, deviation: [Float]
    /// The names of the classes, by their numbers.
    package let classes: [String]

    /// The limits of what can be asked for.
    package static let mostBands = 1024
    package static let mostFrames = 1_000_000
    static let rates = 1...768_000

    /// Throws if this is nothing that can have been saved.
    package func validate() throws(VocabularyFlaw) {
        try VocabularyFlaw.check(classes, atLeast: 1, "class")
        guard Self.rates.contains(format.rate), (1...(1 << 20)).contains(format.window),
            (1...(1 << 20)).contains(format.hop), (1...Self.mostBands).contains(format.bands),
            (1...Self.mostFrames).contains(frames)
        else { throw VocabularyFlaw(what: "\(frames) frames of \(format)", expected: "possible sizes") }
        guard mean.count == format.bands, deviation.count == format.bands, mean.allSatisfy(\.isFinite),
            deviation.allSatisfy({ $0 > 0 && $0.isFinite })
        else {
            throw VocabularyFlaw(
                what: "\(mean.count) means and \(deviation.count) deviations", expected: "\(format.bands) finite ones")
        }
    }
}
