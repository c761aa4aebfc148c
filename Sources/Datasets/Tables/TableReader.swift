import Messages

/// Reads the header of a table, then its rows into columns.
package final class TableReader {
    /// The name of the file in errors.
    package let path: String
    /// The columns' names; `column1`, `column2` … where no row has them.
    package let header: [String]
    package private(set) var format: TableFormat
    let fields: FieldReader
    private let reader: CSVReader
    /// Whether the reader's current row is one of data that has not been taken.
    private var holdsRow = false

    /// The table of the file at `path`, which may be compressed with gzip.
    /// - Parameter wanted: columns that must be there; where another separator gives them, it is taken.
    package convenience init(path: String, _ format: TableFormat, wanted: [String] = []) throws(DatasetError) {
        try self.init(RowSource(path: path), path: path, format, wanted)
    }

    /// The table in `bytes`, which errors call `path`.
    package convenience init(bytes: [UInt8], path: String, _ format: TableFormat = TableFormat()) throws(DatasetError) {
        try self.init(RowSource(bytes: bytes), path: path, format, [])
    }

    private init(
        _ stream: RowSource, path: String, _ format: TableFormat, _ wanted: [String]
    ) throws(DatasetError) {
        (self.path, self.format, fields) = (path, format, FieldReader(format))
        reader = try CSVReader(stream, path: path, separator: format.separator)
        guard try reader.advance() else {
            throw .unusable(path: path, found: "no line", expected: "a header row with the columns' names")
        }
        if format.header != false, try Self.findSeparator(reader, wanted) { self.format.separator = reader.separator }
        try Self.checkSeparator(reader)
        guard format.header != false else {
            header = reader.fields.indices.map { "column\($0 + 1)" }
            holdsRow = true
            return
        }
        if format.header == nil { try Self.checkHeader(reader, fields) }
        var names: [String] = []
        var known: Set<String> = []
        for field in reader.fields {
            let text = try reader.text(field)
            let name = field.isQuoted ? text : text.trimmingBlanks
            // the first column may be an index, as pandas writes it
            guard !name.isEmpty || names.isEmpty && reader.fields.count > 1 else {
                throw reader.refusal(
                    found: "no name for column \(names.count + 1)", expected: "a header row that names each column")
            }
            guard known.insert(name).inserted else {
                throw reader.refusal(
                    found: "two columns named \(name.excerpt)", expected: "a different name for each column")
            }
            names.append(name)
        }
        header = names
    }

    /// Whether the first row has the wanted columns by another separator than the reader's, which it takes then.
    private static func findSeparator(_ reader: CSVReader, _ wanted: [String]) throws(DatasetError) -> Bool {
        func hasAll() throws(DatasetError) -> Bool {
            var names: Set<String> = []
            for field in reader.fields { names.insert(try reader.text(field).trimmingBlanks) }
            return wanted.allSatisfy { names.contains($0.trimmingBlanks) }
        }
        if wanted.isEmpty { return false }
        if try hasAll() { return false }
        let usual = reader.separator
        for (byte, _) in TableFormat.separators where byte != usual {
            // a quote may be misplaced by another separator
            if (try? reader.reread(separator: byte)) != nil, try hasAll() { return true }
        }
        try reader.reread(separator: usual)
        return false
    }

    /// Refuses a first row in one piece that another separator would cut.
    private static func checkSeparator(_ reader: CSVReader) throws(DatasetError) {
        guard reader.fields.count == 1, !reader.fields[0].isQuoted else { return }
        let bytes = reader.bytes(reader.fields[0])
        for (byte, name) in TableFormat.separators where byte != reader.separator && bytes.contains(byte) {
            throw reader.refusal(
                found: "one field, \(bytes.excerpt)",
                expected: "several; is the separator another? (csv.separator=\(name))")
        }
    }

    /// Refuses a first row that looks like data.
    private static func checkHeader(_ reader: CSVReader, _ fields: FieldReader) throws(DatasetError) {
        var (numbers, present) = (0, 0)
        for field in reader.fields where field.count > 0 {
            present += 1
            if !field.isQuoted, case .number = fields.kind(reader.raw(field), isQuoted: false) { numbers += 1 }
        }
        guard numbers > 0, 2 * numbers >= present else { return }
        throw reader.refusal(
            found: "\(numbers) \(numbers == 1 ? "number" : "numbers") in the first row, which should name the columns",
            expected: "names; set csv.header=false if it is a row of data, or csv.header=true if these are the names")
    }

    /// Whether a column is an index that pandas or R has written: the first one, without a name.
    package func isIndex(_ place: Int) -> Bool { place == 0 && (header[0].isEmpty || header[0] == "Unnamed: 0") }

    /// The index of the column of this name; `purpose` is what it is needed for, in errors.
    package func column(named name: String, for purpose: String) throws(DatasetError) -> Int {
        if let place = header.firstIndex(of: name) { return place }
        let others = header.filter { $0.lowercased() == name.lowercased() }
        let hint = others.first.map { "; did you mean \($0)?" } ?? ""
        throw .unusable(
            path: path, found: "no column \([name].listedNames) (\(purpose))",
            expected: "one of \(header.listedNames)\(hint)")
    }

    /// Reads rows, at most `limit`, into `columns`, one for each of the header; returns how many.
    /// - Parameter each: called with each row as it is in the file; nil if it is not needed.
    package func read(
        into columns: inout [ColumnBuilder], limit: Int = .max,
        progress: (_ done: Int, _ of: Int) -> Void = { _, _ in },
        each: ((String) -> Void)? = nil
    ) throws(DatasetError) -> Int {
        var count = 0
        let expected = header.count
        var mark = reader.fills
        let kinds = fields
        while count < limit {
            if holdsRow { holdsRow = false } else if !(try reader.advance()) { break }
            let row = reader.fields
            guard row.count == expected else {
                let found = row.count
                throw reader.refusal(
                    found: "\(found) \(found == 1 ? "field" : "fields")",
                    expected: "\(expected), as the \(format.header == false ? "first" : "header") row has")
            }
            for place in 0..<expected { try columns[place].append(row[place], reader, kinds) }
            if let each { each(try reader.rowText()) }
            count += 1
            if reader.fills != mark {
                mark = reader.fills
                progress(reader.stream.position, reader.stream.size)
            }
        }
        return count
    }

    /// Lines without any character that were skipped.
    package var blankLines: Int { reader.blankLines }
}

/// Reads all rows of comma-separated values; a pure function of its argument.
package func parseCSV(_ bytes: [UInt8], separator: UInt8 = UInt8(ascii: ",")) throws(DatasetError) -> [[[UInt8]]] {
    let reader = try CSVReader(RowSource(bytes: bytes), path: "the table", separator: separator, capacity: 64)
    var rows: [[[UInt8]]] = []
    while try reader.advance() { rows.append(reader.fields.map(reader.bytes)) }
    return rows
}
