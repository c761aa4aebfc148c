import Glibc

/// The images of a folder with the four IDX files of MNIST, `train-images-idx3-ubyte` and its like, plain or with
/// `.gz`.
public struct ImageFolder: Sendable {
    /// Where they are.
    public let path: String
    /// The classes that the labels number.
    public let classes: ImageClasses
    /// The images to train on, and to test on; of one size.
    public let training, test: LabeledImages

    /// Reads the folder or the packed file at `path`, Debian's Fashion-MNIST when nil. *Local.*
    /// - Parameter scale: what pixels become; those of Fashion-MNIST have mean 0 and deviation 1 unless said otherwise.
    public init(
        path given: String? = nil, layout: LabeledImages.Layout, scale: PixelScale = .fashionMNIST
    ) throws(DatasetError) {
        if let given, let packed = try Self.packed(at: given, layout, scale) {
            self = packed
            return
        }
        path = given ?? FashionMNIST.defaultDirectory
        func file(_ name: String) throws(DatasetError) -> String {
            try FashionMNIST.file(name, in: given)
        }
        var parts: [(images: IDXFile, labels: IDXFile, imagePath: String, labelPath: String)] = []
        for prefix in ["train", "t10k"] {
            let (images, labels) = (
                try file("\(prefix)-images-idx3-ubyte"), try file("\(prefix)-labels-idx1-ubyte")
            )
            parts.append((try IDXFile(path: images, rank: 3), try IDXFile(path: labels, rank: 1), images, labels))
        }
        let classes = try ImageClasses(in: path, labels: parts.map { ($0.labelPath, $0.labels.elements) })
        var images: [LabeledImages] = []
        for part in parts {
            images.append(
                try LabeledImages.idx(
                    part.images, of: part.imagePath, labels: part.labels, of: part.labelPath,
                    classes: classes.names.count, mean: scale.mean, deviation: scale.deviation, layout: layout))
        }
        (training, test, self.classes) = (images[0], images[1], classes)
        guard training.height == test.height, training.width == test.width else {
            throw .unusable(
                path: parts[1].imagePath, found: "images of \(test.height)×\(test.width) pixels",
                expected: "\(training.height)×\(training.width), as in \(parts[0].imagePath)")
        }
    }

    init(path: String, classes: ImageClasses, training: LabeledImages, test: LabeledImages) {
        (self.path, self.classes, self.training, self.test) = (path, classes, training, test)
    }

    /// The same images with the labels that a model has for them.
    ///
    /// Throws if there is no class that both know.
    public func labeled(as model: ImageClasses) throws(DatasetError) -> ImageFolder {
        if model == classes { return self }
        let labels = classes.labels(in: model)
        guard labels.prefix(classes.names.count).contains(where: { $0 >= 0 }) else {
            throw .unusable(
                path: path, found: classes.summary, expected: "a class that the model knows: \(model.summary)")
        }
        return ImageFolder(
            path: path, classes: classes, training: training.relabeled(labels, classes: model.names.count),
            test: test.relabeled(labels, classes: model.names.count))
    }
}

extension ImageFolder: HostLoadable {
    /// The path, the classes, and what both parts note.
    public struct Notes: Codable, Sendable {
        let path: String
        let classes: ImageClasses
        let training, test: LabeledImages.Notes
    }

    /// The path, the classes, and what both parts note.
    public var notes: Notes { Notes(path: path, classes: classes, training: training.notes, test: test.notes) }

    /// Those of the training images, then those of the test images.
    public var arrays: [HostBytes] { training.arrays + test.arrays }

    /// The folder that `notes` and `arrays` describe.
    public init(notes: Notes, arrays: [HostBytes]) throws {
        self.init(
            path: notes.path, classes: notes.classes,
            training: try LabeledImages(notes: notes.training, arrays: Array(arrays.prefix(2))),
            test: try LabeledImages(notes: notes.test, arrays: Array(arrays.dropFirst(2))))
    }
}
