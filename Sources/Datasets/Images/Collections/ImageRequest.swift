/// What is asked of a collection of images: the settings that decide how its images are read.
public struct ImageRequest: Sendable {
    /// The settings of sizes and decoding.
    public var settings: ImageSettings
    /// The fraction of the images that is held out for testing, where no part of the folder is for that.
    public var testFraction: Double
    /// The seed of that choice.
    public var seed: UInt64
    /// The threads that decode.
    public var threads: Int
    /// What a saved model has learned of its images; nil for a new one.
    public var known: (form: ImageForm, statistics: ImageStatistics)?

    /// A request of a new model.
    public init(_ settings: ImageSettings, testFraction: Double, seed: UInt64, threads: Int) {
        (self.settings, self.testFraction, self.seed, self.threads) = (settings, testFraction, seed, threads)
    }

    /// The most images of which statistics are taken.
    static let mostForStatistics = 4096
    /// The most pixels along a side of images that are taken as they are.
    private static let longestOwnSize = 128
    private static let usualSize = 224

    /// The form of images of which some have these sizes; `areGray`: all of them are.
    func form(_ sizes: [(height: Int, width: Int)], areGray: Bool) -> ImageForm {
        let channels =
            switch settings.channels {
            case .automatic: areGray ? 1 : 3
            case .gray: 1
            case .rgb: 3
            }
        let given = settings.size
        if given.isEmpty, settings.resize == nil, let first = sizes.first, sizes.allSatisfy({ $0 == first }),
            max(first.height, first.width) <= Self.longestOwnSize
        {
            return ImageForm(
                height: first.height, width: first.width, channels: channels, kept: first, fit: settings.fit)
        }
        let (height, width) = (given.first ?? Self.usualSize, given.last ?? Self.usualSize)
        return ImageForm(
            height: height, width: width, channels: channels, kept: kept(height, width), fit: settings.fit)
    }

    /// The sides that images for a model of this size cover when they are kept.
    private func kept(_ height: Int, _ width: Int) -> (height: Int, width: Int) {
        if let side = settings.resize {
            // the shorter side has this length, the other keeps the ratio
            let shorter = min(height, width)
            return (height * side / shorter, width * side / shorter)
        }
        return settings.fit == .stretch ? (height, width) : (height * 8 / 7, width * 8 / 7)
    }
}

/// Which images are trained on, and which are evaluated on, by their numbers in a collection.
struct ImageParts: Sendable {
    let training, test: [Int]

    /// The parts of images of which some, such as damaged ones, are left out. Where there is neither a validation nor a test part, one is
    /// split off, with a share of each class.
    init(
        _ range: (LabeledFiles.Part) -> Range<Int>, label: (Int) -> Int, leavingOut damaged: Set<Int> = [],
        _ request: ImageRequest
    ) {
        func kept(_ part: LabeledFiles.Part) -> [Int] { range(part).filter { !damaged.contains($0) } }
        let all = kept(.training)
        for part in [LabeledFiles.Part.validation, .test] where !range(part).isEmpty {
            (training, test) = (all, kept(part))
            return
        }
        let split = TestSplit(labels: all.map(label), testFraction: request.testFraction, seed: request.seed)
        (training, test) = (split.training.map { all[$0] }, split.test.map { all[$0] })
    }
}
