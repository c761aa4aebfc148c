extension TableRows {
    /// Rows of a stream, by a schema that was learned of its first rows; the target is -1 for a class that was not learned.
    /// - Parameters:
    ///   - bytes: the rows behind the header row, if any row names the columns.
    ///   - path: the name of the stream in errors, with the position of the rows.
    package init(
        streamed bytes: [UInt8], path: String, _ format: TableFormat, _ schema: TableSchema
    ) throws(DatasetError) {
        var format = format
        // types and columns that are not used are the schema's
        (format.types, format.ignored) = ([:], [])
        let reader = try TableReader(bytes: bytes, path: path, format)
        var columns = try schema.columns(of: reader, withTarget: true, weight: nil)
        let count = try reader.read(into: &columns)
        var table = try TableColumns(columns, count: count, reader)
        try table.checkTarget(try reader.column(named: schema.targetName, for: "the target"))
        var counts = TableEncoder.Counts()
        self = try TableEncoder(schema: schema, weight: nil).encode(&table, isTest: nil, &counts).test
    }
}

extension TableSchema {
    /// The schema that the rows in `bytes` amount to.
    /// - Parameter target: the column that is predicted; nil: the last.
    package init(
        of bytes: [UInt8], path: String, _ format: TableFormat, target: String?, task: Task
    ) throws(DatasetError) {
        let reader = try TableReader(bytes: bytes, path: path, format)
        let name = target ?? reader.header[reader.header.count - 1]
        var (columns, leftOut) = try Self.columns(toLearn: reader, target: name, weight: nil, task: task)
        let count = try reader.read(into: &columns)
        guard count > 0 else {
            throw .unusable(path: path, found: "no rows", expected: "at least one after the header row")
        }
        var table = try TableColumns(columns, count: count, reader)
        try self.init(
            of: &table, isTest: [Bool](repeating: false, count: count), target: name, weight: nil, task: task,
            leftOut: leftOut)
    }
}
