import Glibc
import Messages

/// A table that names files and their classes: CSV with the columns `path` and `label`, and perhaps `split`, or with two columns
/// and no header. Paths begin at the table's folder.
struct FileTable {
    private let path, root: String
    private let kind: FileKind

    /// The table at `path`.
    init(_ path: String, _ kind: FileKind) {
        (self.path, self.kind) = (path, kind)
        let folder = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) }
        root = folder.map { $0.isEmpty ? "/" : $0 } ?? "."
    }

    /// The columns of what is needed.
    private struct Columns {
        var path = 0
        var label = 1
        var part: Int?
        var count = 2
    }

    private static let pathNames: Set = [
        "path", "file", "filename", "file_name", "filepath", "file_path", "image", "audio",
    ]
    private static let labelNames: Set = ["label", "class", "category", "target", "class_name"]
    private static let partNames: Set = ["split", "part", "subset", "set"]

    /// Adds the files of all rows to the parts that the column `split` says, or to `part`; training where neither says any.
    func add(to builder: LabeledFilesBuilder, all part: LabeledFiles.Part? = nil) throws(DatasetError) {
        let reader = try CSVReader(RowSource(path: path), path: path, separator: UInt8(ascii: ","))
        guard try reader.advance() else { throw error(0, found: "no row", expected: "rows of path and label") }
        if reader.fields.count == 1 {
            let row = reader.bytes(reader.fields[0])
            if let other = "\t;".utf8.first(where: row.contains) { try reader.reread(separator: other) }
        }
        let first = try fields(reader)
        var columns = Columns()
        if isHeader(first) {
            columns = try header(first, reader.line)
        } else {
            columns.count = first.count
            guard first.count == 2 else {
                throw error(
                    reader.line, found: "\(first.count) field\(first.count == 1 ? "" : "s") and no header",
                    expected: "two fields, path and label, or a header with these names")
            }
            try add(first, columns, reader.line, to: builder, part)
        }
        while try reader.advance() { try add(try fields(reader), columns, reader.line, to: builder, part) }
        try refuseDoubles(builder)
    }

    private func fields(_ reader: CSVReader) throws(DatasetError) -> [String] {
        var texts: [String] = []
        for field in reader.fields { texts.append(try reader.text(field).trimmingBlanks) }
        return texts
    }

    /// The first row is a header where it has the names of the columns, or names no file.
    private func isHeader(_ row: [String]) -> Bool {
        if column(Self.pathNames, row) != nil, column(Self.labelNames, row) != nil { return true }
        return !row.contains { !$0.isEmpty && (kind.contains($0) || access(location($0), F_OK) == 0) }
    }

    private func column(_ names: Set<String>, _ row: [String]) -> Int? {
        row.firstIndex { names.contains($0.lowercased()) }
    }

    private func header(_ row: [String], _ line: Int) throws(DatasetError) -> Columns {
        let (path, label) = (column(Self.pathNames, row), column(Self.labelNames, row))
        if let path, let label {
            return Columns(path: path, label: label, part: column(Self.partNames, row), count: row.count)
        }
        guard row.count == 2, path == nil, label == nil else {
            throw error(
                line, found: "the column\(row.count == 1 ? "" : "s") \(row.listedNames)",
                expected: "one named path and one named label")
        }
        return Columns()
    }

    private func location(_ name: String) -> String { name.hasPrefix("/") ? name : "\(root)/\(name)" }

    private func add(
        _ row: [String], _ columns: Columns, _ line: Int, to builder: LabeledFilesBuilder, _ all: LabeledFiles.Part?
    ) throws(DatasetError) {
        guard row.count == columns.count else {
            throw error(
                line, found: "\(row.count) field\(row.count == 1 ? "" : "s")",
                expected: "\(columns.count), as in the first row")
        }
        let (name, label) = (row[columns.path], row[columns.label])
        guard !name.isEmpty, !name.utf8.contains(0), !label.isEmpty else {
            throw error(
                line, found: name.isEmpty ? "no path" : label.isEmpty ? "no label" : "a NUL in the path",
                expected: "a path and a label")
        }
        var part = all ?? .training
        if all == nil, let column = columns.part {
            guard let named = LabeledFiles.part(named: row[column]) else {
                throw error(line, found: "the split \(row[column].excerpt)", expected: "train, val or test")
            }
            part = named
        }
        let size: Int
        do {
            size = try FileStatus.readableSize(location(name))
        } catch {
            throw self.error(
                line, found: "\(name.excerpt): \(error)", expected: "the path of a file from the table's folder")
        }
        builder.add(name, label: label, size: size, to: part, root: root)
    }

    /// Throws if a file is named twice.
    private func refuseDoubles(_ builder: LabeledFilesBuilder) throws(DatasetError) {
        guard let double = builder.firstDouble else { return }
        throw .unusable(
            path: path, found: "\(double.excerpt) twice", expected: "each file once; remove one of the rows")
    }

    private func error(_ line: Int, found: String, expected: String) -> DatasetError {
        .unusable(path: line > 0 ? "\(path) line \(line)" : path, found: found, expected: expected)
    }
}
