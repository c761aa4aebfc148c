import Foundation
import Messages

/// Reads texts with labels: of a file with a label, a TAB and a text on each line; of a folder with a file for each
/// label, a text on each line; or of a folder with a folder for each label and a file for each text.
struct LabeledTextReader {
    /// The pieces of the texts, which may continue those of another file.
    private(set) var pieces: PieceNumbers
    /// The labels in the order in which they first occur, which may continue, too.
    private(set) var names: [String] = []
    private var numbers: [String: Int32] = [:]

    init(_ unit: TokenVocabulary.Unit) { pieces = PieceNumbers(unit) }

    /// Texts, each as the numbers of its pieces, and their labels as numbers.
    struct Texts {
        let sequences: TokenSequences
        let labels: [Int32]
        let counts: ReadingCounts
    }

    private struct Collection {
        let sequences: TokenSequencesBuilder
        var labels: [Int32] = []
        var counts = ReadingCounts()
    }

    /// The texts of the file or folder at `path`; `progress` is called with the part that is done, and the whole.
    mutating func read(_ path: String, progress: (Int, Int) -> Void) throws(DatasetError) -> Texts {
        var texts = Collection(sequences: try TokenSequencesBuilder())
        if Self.kind(path) == .folder {
            try readFolder(path, &texts, progress)
        } else {
            var reader = TwoColumnReader(
                try TextReader(path: path), columns: "label and text", form: .labeledText)
            while let pair = try reader.next() {
                try append(pair.second, label: pair.first, &texts)
                if reader.lines.number % 4096 == 0 {
                    progress(reader.lines.text.position, reader.lines.text.fileSize)
                }
            }
            texts.counts.blankLines = reader.blankLines
        }
        return Texts(sequences: texts.sequences.finish(), labels: texts.labels, counts: texts.counts)
    }

    private mutating func append(_ text: String, label: String, _ texts: inout Collection) throws(DatasetError) {
        try texts.sequences.append(pieces.encode(text))
        let number = numbers[label] ?? Int32(names.count)
        if number == names.count {
            numbers[label] = number
            names.append(label)
        } else if !names[Int(number)].utf8.elementsEqual(label.utf8) {
            // equal to Swift, as composed and decomposed accents are
            texts.counts.respelled += 1
        }
        texts.labels.append(number)
    }

    // MARK: Folders

    private mutating func readFolder(
        _ path: String, _ texts: inout Collection, _ progress: (Int, Int) -> Void
    ) throws(DatasetError) {
        let names = try Self.names(in: path, &texts.counts, prefix: "")
        let folders = names.filter { Self.kind("\(path)/\($0)") == .folder }
        var files: [(label: String, path: String)] = []
        for name in folders {
            for file in try Self.names(in: "\(path)/\(name)", &texts.counts, prefix: name + "/") {
                if Self.kind("\(path)/\(name)/\(file)") == .file {
                    files.append((name, "\(path)/\(name)/\(file)"))
                } else {
                    texts.counts.skip("\(name)/\(file)")
                }
            }
        }
        for name in names where Self.kind("\(path)/\(name)") != .folder {
            if folders.isEmpty && Self.kind("\(path)/\(name)") == .file {
                files.append((Self.label(ofFile: name), "\(path)/\(name)"))
            } else {
                texts.counts.skip(name)
            }
        }
        if folders.isEmpty { try Self.requireDifferentLabels(files) }
        for (index, file) in files.enumerated() {
            if folders.isEmpty {
                try readLines(file.path, label: file.label, &texts)
            } else {
                let text = String(decoding: try TextFile.read(file.path), as: UTF8.self)
                try append(text.withoutOuterWhiteSpace, label: file.label, &texts)
            }
            if folders.isEmpty || index % 64 == 0 { progress(index + 1, files.count) }
        }
        guard texts.sequences.count > 0 else {
            throw .unusable(
                path: path, found: "a folder without a text",
                expected: "a text file for each label, or a folder of text files for each label")
        }
    }

    private mutating func readLines(
        _ path: String, label: String, _ texts: inout Collection
    ) throws(DatasetError) {
        let lines = LineReader(try TextReader(path: path))
        while let line = try lines.next() {
            let text = line.withoutOuterWhiteSpace
            if text.isEmpty {
                texts.counts.blankLines += 1
            } else {
                try append(text, label: label, &texts)
            }
        }
    }

    /// The label of the texts in the file `name`: without its last extension, behind which `.gz` may stand.
    static func label(ofFile name: String) -> String {
        var label = name[...]
        if label.lowercased().hasSuffix(".gz") { label = label.dropLast(3) }
        if let dot = label.lastIndex(of: "."), dot > label.startIndex { label = label[..<dot] }
        return String(label)
    }

    private static func requireDifferentLabels(_ files: [(label: String, path: String)]) throws(DatasetError) {
        var first: [String: String] = [:]
        for (label, path) in files {
            if let other = first[label] {
                throw .unusable(
                    path: path, found: "the label \([label].listedNames), which \(other) has too",
                    expected: "a file for each label, whose name without its last extension is the label")
            }
            first[label] = path
        }
    }

    /// The names in a folder, sorted; hidden ones are skipped and counted.
    private static func names(
        in path: String, _ counts: inout ReadingCounts, prefix: String
    ) throws(DatasetError) -> [String] {
        guard let all = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            throw .unreadable(path: path, reason: "the folder cannot be listed; check its permissions")
        }
        let sorted = all.sorted()
        for name in sorted where name.hasPrefix(".") { counts.skip(prefix + name) }
        return sorted.filter { !$0.hasPrefix(".") }
    }

    private enum Kind { case file, folder, other }

    private static func kind(_ path: String) -> Kind {
        var information = stat()
        guard stat(path, &information) == 0 else { return .other }
        switch information.st_mode & S_IFMT {
        case S_IFDIR: return .folder
        case S_IFREG: return .file
        default: return .other
        }
    }
}
