import CZlib

/// Files with a class each, such as images or sounds: a folder for each class, or a table of path and label. Once for each host.
///
/// `DIR/CLASS/…`, or `DIR/train/CLASS/…` with `val` and `test` beside `train`, or a CSV file with the columns `path` and `label`,
/// and perhaps `split`. Files are listed part by part, of each part class by class, in natural order (`img2` before `img10`);
/// those of a table in the table's order.
public struct LabeledFiles: Sendable {
    /// A part of the files.
    public enum Part: String, Codable, Sendable, CaseIterable {
        /// Those to train on.
        case training = "train"
        /// Those to evaluate on during training.
        case validation = "val"
        /// Those to test on.
        case test
    }

    /// The folder or the table.
    public let path: String
    /// The names of the classes of the training part, by their numbers: in natural order.
    public let classes: [String]
    /// What is to be said of the files, a line each: what was left out, and why.
    public let remarks: [String]

    /// The number of files of each part, in the order of the parts.
    private let counts: [Int]
    /// The folder that relative names of each part begin at.
    private let roots: [String]
    private let names: TextStrings
    private let labels: HostArray<Int32>
    private let sizes: HostArray<Int>

    init(
        path: String, classes: [String], remarks: [String], counts: [Int], roots: [String], names: TextStrings,
        labels: HostArray<Int32>, sizes: HostArray<Int>
    ) {
        (self.path, self.classes, self.remarks, self.counts, self.roots) = (path, classes, remarks, counts, roots)
        (self.names, self.labels, self.sizes) = (names, labels, sizes)
    }

    /// The number of files.
    public var count: Int { labels.count }

    /// The numbers of the files of a part; empty where there is none.
    public func range(of part: Part) -> Range<Int> {
        let index = Part.allCases.firstIndex(of: part) ?? 0
        let start = counts[..<index].reduce(0, +)
        return start..<start + counts[index]
    }

    /// The folder that relative names of a part begin at.
    func root(of part: Part) -> String { roots[Part.allCases.firstIndex(of: part) ?? 0] }

    /// Where a file is.
    public func path(_ file: Int) -> String {
        let name = names[file]
        if name.hasPrefix("/") { return name }
        let part = Part.allCases.first { range(of: $0).contains(file) } ?? .training
        return "\(root(of: part))/\(name)"
    }

    /// The number of a file's class; -1 for one that the training part has not.
    public func label(_ file: Int) -> Int { Int(labels[file]) }

    /// The number of bytes of a file when it was listed.
    public func size(_ file: Int) -> Int { sizes[file] }

    /// What tells a file from others: a CRC-32 of its name, its class and its size. Equal wherever the folder is.
    public func identity(_ file: Int) -> UInt32 {
        let label = label(file)
        let text = "\(names[file])\u{0}\(label < 0 ? "" : classes[label])\u{0}\(size(file))"
        var bytes = Array(text.utf8)
        return UInt32(truncatingIfNeeded: crc32_z(0, &bytes, bytes.count))
    }
}

extension LabeledFiles: HostLoadable {
    /// Everything but names, labels and sizes.
    public struct Notes: Codable, Sendable {
        let path: String
        let classes, remarks: [String]
        let counts: [Int]
        let roots: [String]
    }

    /// Everything but names, labels and sizes.
    public var notes: Notes {
        Notes(path: path, classes: classes, remarks: remarks, counts: counts, roots: roots)
    }

    /// Names, labels and sizes.
    public var arrays: [HostBytes] { names.arrays + [labels.bytes, sizes.bytes] }

    /// The files that `notes` and `arrays` describe.
    public init(notes: Notes, arrays: [HostBytes]) throws {
        guard arrays.count == 4, let names = TextStrings(arrays: arrays[..<2]),
            let labels = HostArray<Int32>(arrays[2]), let sizes = HostArray<Int>(arrays[3])
        else { throw HostLoadFailure(message: "LabeledFiles: found \(arrays.count) arrays that do not fit each other") }
        self.init(
            path: notes.path, classes: notes.classes, remarks: notes.remarks, counts: notes.counts, roots: notes.roots,
            names: names, labels: labels, sizes: sizes)
    }
}
