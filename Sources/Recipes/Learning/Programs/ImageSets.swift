public import Datasets
import Kernels
public import TensorEngine
import Training

/// Sets of images of different classes, to be sorted by the number of their class; each epoch has new ones.
public struct ImageSets: DrawnDataset {
    /// The number of sets.
    public let count: Int
    private let images: LabeledImages
    /// The images of each class that has some, and its number.
    private let members: [(label: Int, images: [Int])]
    private let elements: Int
    private let draws: SampleDraws

    /// Some sets.
    public struct Batch: Sendable {
        /// The images, set by set: [sets · elements, height, width, 1].
        public let images: Tensor
        /// Of each set the index of the image that belongs at each place, the largest class first: sets · elements.
        public let order: [Int]
        /// Images of a set.
        public let elements: Int
    }

    /// Sets of `images`, as many as the settings say.
    init(of images: LabeledImages, _ sorting: SortingSettings, seed: UInt64, isTest: Bool) throws {
        (count, elements) = (isTest ? sorting.testSets : sorting.sets, sorting.elements)
        (self.images, draws) = (images, SampleDraws(seed: seed, isTest: isTest))
        var members = [[Int]](repeating: [], count: images.classes)
        for (sample, label) in images.classLabels.enumerated() where members.indices.contains(label) {
            members[label].append(sample)
        }
        self.members = members.enumerated().filter { !$0.element.isEmpty }.map { ($0.offset, $0.element) }
        guard self.members.count >= elements else {
            throw TooManyElements(elements: elements, classes: self.members.count)
        }
    }

    public func trainingBatch(of samples: [Int], epoch: Int) -> Batch {
        var (drawn, order): ([Int], [Int]) = ([], [])
        for sample in samples {
            var random = draws(sample, epoch: epoch)
            var rest = Array(members.indices)
            let classes = (0..<elements).map { _ in rest.remove(at: Int(random.next() % UInt64(rest.count))) }
            drawn += classes.map { members[$0].images[Int(random.next() % UInt64(members[$0].images.count))] }
            order += classes.indices.sorted { classes[$0] > classes[$1] }
        }
        return Batch(images: images.batch(of: drawn).inputs, order: order, elements: elements)
    }
}

/// Sets have more images than there are classes.
struct TooManyElements: Error, CustomStringConvertible {
    let elements, classes: Int
    var description: String {
        "sorting.elements is \(elements), and the images have \(classes) classes, of which a set has each once; set it to \(classes) or less"
    }
}
