import Datasets
import Training

/// The size and the classes of the images that a model has learned from; saved with it.
struct LearnedImages {
    let size: ImageSize
    let classes: [String]

    /// What the classes are saved as.
    private static let name = "image_classes"

    /// Those of some data.
    init(_ data: ImageData) { (size, classes) = (ImageSize(data.training), data.classes.names) }

    /// Those of a saved run.
    init(_ saved: Preparation?) throws {
        size = try ImageSize(saved)
        classes = try (saved ?? [:]).value(Self.name, as: [String].self)
        guard (1...256).contains(classes.count), Set(classes).count == classes.count else {
            throw DamagedPreparation(
                name: Self.name, reason: "found \(classes.count) classes, expected 1 to 256 of different names")
        }
    }

    /// What a checkpoint has of them.
    func preparation() throws -> Preparation {
        var preparation = Preparation()
        try preparation.set(ImageSize.name, size)
        try preparation.set(Self.name, classes)
        return preparation
    }

    /// How an exported model's images are prepared: `gray / 255`, or normalized as `fashion-mnist` does.
    static func normalization(_ scale: PixelScale) -> String {
        scale == .unit
            ? "gray / 255, rows from the top" : "(gray / 255 - \(scale.mean)) / \(scale.deviation), rows from the top"
    }
}
