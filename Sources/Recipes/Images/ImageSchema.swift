import Datasets
import Training

/// What the images are that a model was made for; saved with it.
struct ImageSchema: Codable, Equatable {
    var (height, width) = (28, 28)
    var classes: ImageClasses

    /// Those of some images.
    init(_ folder: ImageFolder) {
        (height, width, classes) = (folder.training.height, folder.training.width, folder.classes)
    }

    /// Those of a saved run; of an earlier version's, which knew no others, Fashion-MNIST.
    init(_ saved: Preparation?) throws {
        classes = ImageClasses(names: FashionMNIST.classNames, source: .checksum)
        if saved?[Self.name] != nil { self = try (saved ?? [:]).value(Self.name, as: ImageSchema.self) }
        let count = classes.names.count
        guard (1...256).contains(count), Set(classes.names).count == count, (1...Self.longest).contains(height),
            (1...Self.longest).contains(width)
        else {
            throw DamagedPreparation(
                name: Self.name,
                reason: "found \(height)×\(width) pixels and \(count) classes, expected 1 to \(Self.longest) pixels a "
                    + "side, and 1 to 256 classes of different names")
        }
    }

    /// The most pixels along a side of a saved model's images.
    private static let longest = 65_536

    /// What it is saved as.
    static let name = "images"
}
