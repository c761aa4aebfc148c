import Glibc

/// The classes of images whose labels are numbers, and what they are called: by a file beside the images, or by their
/// numbers.
public struct ImageClasses: Codable, Sendable, Equatable {
    /// Where the names come from.
    public enum Source: Codable, Sendable, Equatable {
        /// The file of this name beside the images.
        case file(String)
        /// The data are Fashion-MNIST, by the checksum of their labels.
        case checksum
        /// Nothing is known but the numbers.
        case numbers
    }

    /// The name of each class, by its number.
    public let names: [String]
    /// Where the names come from.
    public let source: Source

    /// Classes with these names.
    public init(names: [String], source: Source) { (self.names, self.source) = (names, source) }

    /// The classes 0 to `count` - 1, which are called by their numbers.
    public init(count: Int) { self.init(names: (0..<count).map(String.init), source: .numbers) }

    /// The files that may name the classes, one a line, in the order of their numbers: the first that is there counts.
    public static let fileNames = ["classes.txt", "labels.txt"]

    /// Such as `10 classes: numbers`.
    public var summary: String {
        let count = "\(names.count) classes"
        let listed = names.prefix(3).joined(separator: ", ") + (names.count > 3 ? ", …" : "")
        return switch source {
        case .numbers: "\(count): numbers"
        case .checksum: "\(count): \(listed)"
        case .file(let name): "\(count) by \(name): \(listed)"
        }
    }

    /// For each label of these data, up to 255, the class of `model`; -1 for those that it does not know.
    ///
    /// Where both have names they are compared by name, else by number.
    public func labels(in model: ImageClasses) -> [Int32] {
        (0...255).map { label in
            if source == .numbers || model.source == .numbers { return label < model.names.count ? Int32(label) : -1 }
            guard label < names.count, let index = model.names.firstIndex(of: names[label]) else { return -1 }
            return Int32(index)
        }
    }
}

extension ImageClasses {
    /// The classes of a folder, whose files of labels have these numbers. *Local.*
    ///
    /// Throws if there are fewer names than classes, or a label is far from all others.
    init(in directory: String, labels: [(path: String, values: ArraySlice<UInt8>)]) throws(DatasetError) {
        var isPresent = [Bool](repeating: false, count: 256)
        for part in labels { for label in part.values { isPresent[Int(label)] = true } }
        let most = isPresent.lastIndex(of: true) ?? 0
        if let (name, names) = try Self.file(in: directory) {
            self.init(names: names, source: .file(name))
        } else if DataChecksum(of: labels[0].values) == FashionMNIST.labelChecksum {
            self.init(names: FashionMNIST.classNames, source: .checksum)
        } else {
            // a number far beyond the others is damage, not a class
            let gap = isPresent.firstIndex(of: false) ?? 256
            let isDamaged = most >= max(10, 2 * isPresent.count { $0 })
            self.init(count: isDamaged ? max(1, gap) : most + 1)
        }
        for part in labels {
            guard let sample = part.values.firstIndex(where: { Int($0) >= names.count }) else { continue }
            throw .labelOutOfRange(
                source: part.path, sample: sample - part.values.startIndex, label: Int(part.values[sample]),
                classes: names.count)
        }
    }

    /// The names of the classes in a file beside the images; nil if there is none.
    private static func file(in directory: String) throws(DatasetError) -> (name: String, names: [String])? {
        for name in fileNames {
            let path = "\(directory)/\(name)"
            guard access(path, F_OK) == 0 else { continue }
            var names = try TextLines.read(path).map { line in
                guard let last = line.lastIndex(where: { !$0.isWhitespace }) else { return "" }
                return String(line[...last].drop(while: \.isWhitespace))
            }
            while names.last?.isEmpty == true { names.removeLast() }
            var seen: Set<String> = []
            for (line, name) in names.enumerated() where name.isEmpty || !seen.insert(name).inserted {
                throw .unusable(
                    path: "\(path) line \(line + 1)", found: name.isEmpty ? "no name" : "\"\(name)\" again",
                    expected: "the name of another class on each line, in the order of the labels from 0")
            }
            guard (1...256).contains(names.count) else {
                throw .unusable(path: path, found: "\(names.count) names", expected: "1 to 256, one for each class")
            }
            return (name, names)
        }
        return nil
    }
}
