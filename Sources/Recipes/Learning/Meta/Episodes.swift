public import Datasets
import Kernels
public import TensorEngine
import Training

/// Episodes of few-shot classification: some classes, each with few images to learn from and others to judge by.
///
/// Each epoch has new episodes. Source: Vinyals and others, "Matching networks for one shot learning", 2016, with its classes of
/// images that are turned.
public struct Episodes: DrawnDataset {
    /// The number of episodes.
    public let count: Int
    private let images: LabeledImages
    /// The images of each class.
    private let members: [[Int]]
    private let shape: EpisodeShape
    /// 4 where a class turned by quarters is a class of its own, else 1.
    private let turns: Int
    private let draws: SampleDraws

    /// Some episodes.
    public struct Batch: Sendable {
        /// The classes of an episode.
        let ways: Int
        /// The images to learn from, [episodes · ways · shots, height, width, 1], class by class.
        public let support: Tensor
        /// The images to judge by, [episodes · ways · queries, height, width, 1], class by class.
        public let queries: Tensor
    }

    /// `count` episodes of the images of `classes`; `hasRotations`: also of each turned by 90, 180 and 270 degrees, as classes
    /// of their own.
    init(
        count: Int, of images: LabeledImages, classes: [Int], _ shape: EpisodeShape, hasRotations: Bool = false,
        seed: UInt64, isTest: Bool
    ) throws {
        turns = hasRotations ? 4 : 1
        (self.count, self.images, self.shape) = (count, images, shape)
        draws = SampleDraws(seed: seed, isTest: isTest)
        var members = [[Int]](repeating: [], count: images.classes)
        for start in stride(from: 0, to: images.count, by: 1000) {
            let block = Array(start..<min(start + 1000, images.count))
            for (sample, label) in zip(block, images.batch(of: block).labels.values) {
                members[Int(label)].append(sample)
            }
        }
        self.members = classes.map { members[$0] }
        let what = isTest ? "test" : "training"
        guard classes.count * turns >= shape.ways else {
            throw TooFewClasses(
                found: classes.count * turns, needed: shape.ways, key: isTest ? "ways" : "training_ways", what: what)
        }
        for (label, images) in zip(classes, self.members) where images.count < shape.shots + shape.queries {
            throw TooFewImages(label: label, found: images.count, needed: shape.shots + shape.queries, what: what)
        }
    }

    public func trainingBatch(of samples: [Int], epoch: Int) -> Batch {
        var (support, queries): ([Image], [Image]) = ([], [])
        for sample in samples {
            var random = draws(sample, epoch: epoch)
            for label in draw(shape.ways, of: members.count * turns, &random) {
                let (own, turns) = (members[label % members.count], label / members.count)
                let drawn = draw(shape.shots + shape.queries, of: own.count, &random).map {
                    Image(own[$0], turns)
                }
                support += drawn.prefix(shape.shots)
                queries += drawn.dropFirst(shape.shots)
            }
        }
        return Batch(ways: shape.ways, support: pixels(support), queries: pixels(queries))
    }

    /// The number of an image, and by how many quarters it is turned counterclockwise.
    private typealias Image = (number: Int, turns: Int)

    /// The pixels of images, [n, height, width, 1].
    private func pixels(_ drawn: [Image]) -> Tensor {
        let upright = images.batch(of: drawn.map(\.number)).inputs
        if turns == 1 { return upright }
        let (values, size) = (upright.values, images.width)
        return Tensor(shape: upright.shape) { pixels in
            for (index, image) in drawn.enumerated() {
                // what is read for the first pixel, and how much further in the next of a column and of a row
                let (first, down, right) =
                    switch image.turns {
                    case 0: (0, size, 1)
                    case 1: (size - 1, -1, size)
                    case 2: (size * size - 1, -size, -1)
                    default: ((size - 1) * size, 1, -size)
                    }
                let start = index * size * size
                for row in 0..<size {
                    for column in 0..<size {
                        pixels[start + row * size + column] = values[start + first + row * down + column * right]
                    }
                }
            }
        }
    }

    /// Different numbers below `bound`, in random order.
    private func draw(_ count: Int, of bound: Int, _ random: inout PhiloxGenerator) -> [Int] {
        var (drawn, seen): ([Int], Set<Int>) = ([], [])
        while drawn.count < count {
            let number = random.index(below: bound)
            if seen.insert(number).inserted { drawn.append(number) }
        }
        return drawn
    }
}

/// The sizes of an episode.
struct EpisodeShape {
    /// Classes, and of each the images to learn from and to judge by.
    let ways, shots, queries: Int
}

/// There are fewer classes than an episode has.
struct TooFewClasses: Error, CustomStringConvertible {
    let found, needed: Int
    let key, what: String
    var description: String {
        "episodes have \(needed) classes (meta.\(key)), and meta.held_out leaves \(found) for \(what); hold out others, or set fewer ways"
    }
}

/// A class has fewer images than an episode needs.
struct TooFewImages: Error, CustomStringConvertible {
    let label, found, needed: Int
    let what: String
    var description: String {
        "the class \(label) has \(found) \(what) \(found == 1 ? "image" : "images"), and an episode needs \(needed) (meta.shots + meta.queries); set fewer"
    }
}
