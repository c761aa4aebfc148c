import Glibc

/// Fashion-MNIST: 60,000 training and 10,000 test images of clothing, 28×28 gray pixels, ten classes.
///
/// Source: Xiao, Rasul, Vollgraf, arXiv:1708.07747.
public enum FashionMNIST {
    /// Which images.
    public enum Part: String, Sendable, CaseIterable {
        /// The 60000 images to train on.
        case train
        /// The 10000 images to test on.
        case test

        /// The prefix of the names of its files.
        fileprivate var filePrefix: String { self == .train ? "train" : "t10k" }
    }

    /// Where Debian's package dataset-fashion-mnist puts the files.
    public static let defaultDirectory = "/usr/share/datasets/fashion-mnist"

    /// The names of the classes, by number.
    public static let classNames = [
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
    ]

    /// The mean of all training pixels, divided by 255.
    public static let mean: Float = 0.2860

    /// The standard deviation of all training pixels, divided by 255.
    public static let deviation: Float = 0.3530

    /// The checksum of the labels of its 60000 training images, by which the data are recognized wherever they are.
    static let labelChecksum = DataChecksum(value: 0xfb88_d46e)

    /// The images of a part, normalized, from the files in `directory` (`defaultDirectory` when nil).
    ///
    /// The files have their original names, such as `train-images-idx3-ubyte`, with or without `.gz`.
    public static func load(
        from directory: String? = nil, part: Part, layout: LabeledImages.Layout = .vectors
    ) throws(DatasetError) -> LabeledImages {
        try LabeledImages.idx(
            images: try file("\(part.filePrefix)-images-idx3-ubyte", in: directory),
            labels: try file("\(part.filePrefix)-labels-idx1-ubyte", in: directory), classes: classNames.count,
            mean: mean, deviation: deviation, layout: layout)
    }

    /// The images of the file at `path` in the IDX format, of the given size, normalized like those of the data unless
    /// said otherwise; their labels are 0.
    public static func images(
        _ path: String, height: Int = 28, width: Int = 28, layout: LabeledImages.Layout,
        scale: PixelScale = .fashionMNIST
    ) throws(DatasetError) -> LabeledImages {
        let file = try IDXFile(path: path, rank: 3)
        guard file.shape[0] > 0, file.shape[1...] == [height, width] else {
            throw .unusable(
                path: path, found: "the dimensions \(file.shape)", expected: "images of \(height)×\(width) pixels")
        }
        return try LabeledImages(
            pixels: file.elements, height: height, width: width, labels: [UInt8](repeating: 0, count: file.shape[0]),
            classes: 1, mean: scale.mean, deviation: scale.deviation, layout: layout)
    }

    /// The path of a file that may be compressed.
    static func file(_ name: String, in given: String?) throws(DatasetError) -> String {
        let directory = given ?? defaultDirectory
        let paths = [".gz", ""].map { "\(directory)/\(name)\($0)" }
        if let path = paths.first(where: { access($0, F_OK) == 0 }) { return path }
        throw .missing(
            paths: paths,
            advice: given == nil
                ? "install it (apt-get install dataset-fashion-mnist), or name the folder of the files (--data DIR)"
                : "--data must name the folder that has the four files of the data set, with these names")
    }
}
