import Messages

/// The rows of a table that a model is to predict from, some at a time: what they say, and their inputs.
package final class TableInputs {
    private let reader: TableReader
    private let schema: TableSchema
    private var counts = TableEncoder.Counts()
    /// The rows so far.
    package private(set) var count = 0

    /// The table at `path`, which must have the columns of `schema`.
    package init(path: String, _ format: TableFormat, schema: TableSchema) throws(DatasetError) {
        var format = format
        // types and columns that are not used are the schema's
        (format.types, format.ignored) = ([:], [])
        self.schema = schema
        reader = try TableReader(path: path, format, wanted: schema.columns.map(\.name))
        _ = try schema.columns(of: reader, withTarget: false, weight: nil)
    }

    /// The byte between two fields, as it was read.
    package var separator: UInt8 { reader.format.separator }

    /// The names of all columns; nil if no row has them.
    package var header: [String]? { reader.format.header == false ? nil : reader.header }

    /// The next rows, at most `limit`, as they are in the file; nil at the end.
    package func next(_ limit: Int) throws(DatasetError) -> (texts: [String], rows: TableRows)? {
        var columns = try schema.columns(of: reader, withTarget: false, weight: nil)
        var texts: [String] = []
        let read = try reader.read(into: &columns, limit: limit, each: { texts.append($0) })
        guard read > 0 else { return nil }
        for place in columns.indices {
            guard let first = columns[place].firstUnknown, firstUnknown[columns[place].name] == nil else { continue }
            firstUnknown[columns[place].name] = first
        }
        var table = try TableColumns(columns, count: read, reader)
        let rows = try TableEncoder(schema: schema, weight: nil)
            .encode(&table, isTest: nil, withTarget: false, &counts, firstRow: count).test
        count += read
        return (texts, rows)
    }

    private var firstUnknown: [String: (text: String, line: Int)] = [:]

    /// Notes on the rows so far: missing values and unknown categories.
    package var lines: [String] {
        var lines = counts.lines(schema, blankLines: reader.blankLines)
        if let first = schema.columns.lazy.compactMap({ column in
            self.firstUnknown[column.name].map { (column.name, $0) }
        }).first {
            lines.append(
                "the first that was not learned is \(first.1.text) in the column \([first.0].listedNames), line \(first.1.line)"
            )
        }
        return lines
    }
}
