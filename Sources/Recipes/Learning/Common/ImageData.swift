import Datasets
import Settings
import Training

/// The images of a recipe: those at `data.path`, else Debian's Fashion-MNIST.
struct ImageData {
    let path: String
    let training, test: LabeledImages
    let classes: ImageClasses
    /// What a checkpoint has of them.
    private(set) var preparation: Preparation = [:]

    /// Such as `DIR, 60000 training and 10000 test images of 28×28, 10 classes: …`.
    var summary: String {
        "\(path), \(training.count) training and \(test.count) test images of \(training.height)×\(training.width), "
            + classes.summary
    }

    /// Reads the images. *Collective within a host.*
    init(
        _ settings: Settings, _ loader: HostLoader, _ layout: LabeledImages.Layout, scale: PixelScale = .unit
    ) throws {
        let path = settings.data.path
        let folder = try loader.load(path ?? FashionMNIST.defaultDirectory) {
            try ImageFolder(path: path, layout: layout, scale: scale)
        }
        (self.path, training, test, classes) = (folder.path, folder.training, folder.test, folder.classes)
        preparation = try LearnedImages(self).preparation()
    }

    /// Throws unless the images are of 28×28 pixels, which `model` is made for.
    func requireUsualSize(for model: String) throws {
        guard training.height == 28, training.width == 28 else {
            throw DatasetError.unusable(
                path: path, found: "images of \(training.height)×\(training.width) pixels",
                expected: "28×28, which \(model) is made for")
        }
    }
}
