/// An error of loading data: of the file system, or of a file's content.
public enum DatasetError: Error, Sendable, Equatable {
    /// The operating system refused to read a file.
    case unreadable(path: String, reason: String)

    /// The operating system refused to write a file.
    case unwritable(path: String, reason: String)

    /// A file does not hold what it should.
    case unusable(path: String, found: String, expected: String)

    /// None of the names under which a file may be is there; `advice` completes "; ".
    case missing(paths: [String], advice: String)

    /// There are not as many labels as images.
    case countMismatch(images: String, imageCount: Int, labels: String, labelCount: Int)

    /// The label of a sample is not below the number of classes; `source` is where it comes from.
    case labelOutOfRange(source: String, sample: Int, label: Int, classes: Int)

    /// Pixels of an augmentation that are more than twice an image's.
    case augmentation(name: String, found: Int, height: Int, width: Int)

    /// The system gives no memory for so many bytes of data.
    case noMemory(bytes: Int)
}

extension DatasetError: CustomStringConvertible {
    /// One line: what was attempted, what was found, what was expected, what to do.
    public var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "cannot read \(path): \(reason)"
        case .unwritable(let path, let reason):
            "cannot write \(path): \(reason)"
        case .unusable(let path, let found, let expected):
            "cannot use \(path): found \(found), expected \(expected)"
        case .missing(let paths, let advice):
            "found no data at \(paths.joined(separator: " or ")); \(advice)"
        case .countMismatch(let images, let imageCount, let labels, let labelCount):
            "cannot pair images with labels: found \(imageCount) images in \(images) and \(labelCount) labels in "
                + "\(labels), expected as many of each; name two files that belong together"
        case .labelOutOfRange(let source, let sample, let label, let classes):
            "cannot use \(source): found the label \(label) of sample \(sample), expected 0 to \(classes - 1) for "
                + "\(classes) classes"
        case .augmentation(let name, let found, let height, let width):
            "\(name) is \(found), but the images have only \(height)×\(width) pixels; use at most twice that"
        case .noMemory(let bytes):
            "cannot read the data: found no memory for \(bytes >> 20) MiB of them; free some, raise the limit, or use fewer data"
        }
    }
}
