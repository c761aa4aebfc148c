import Messages

/// The columns of a table that has been read, until they are encoded.
struct TableColumns {
    let path: String
    let count: Int
    var columns: [ColumnBuilder]
    /// The inferred type of each.
    let types: [ColumnType]
    /// The columns of which only the most frequent categories are kept, and how many categories they have.
    var kept: [(name: String, count: Int)] = []

    /// The columns that `reader` has read. Throws if it is not clear what one is.
    init(_ columns: [ColumnBuilder], count: Int, _ reader: TableReader) throws(DatasetError) {
        (path, self.count, self.columns) = (reader.path, count, columns)
        var types: [ColumnType] = []
        for place in columns.indices { types.append(try self.columns[place].type(path, reader.fields)) }
        self.types = types
    }

    /// Runs of rows, each within one block.
    var runs: [Range<Int>] {
        stride(from: 0, to: count, by: NumberBlocks.rows).map { $0..<min($0 + NumberBlocks.rows, count) }
    }

    /// Calls `body` with rows and the numbers of a column there, dates as seconds; not a number where there is none.
    func forEachRun(
        of place: Int, _ body: (Range<Int>, UnsafeMutableBufferPointer<Double>) -> Void
    ) {
        withUnsafeTemporaryAllocation(of: Double.self, capacity: max(1, min(count, NumberBlocks.rows))) { buffer in
            let table = NumberTable(columns[place])
            for run in runs {
                table.copy(columns[place], run, to: buffer)
                body(run, buffer)
            }
        }
    }

    /// The statistics of the rows of which `isTest` is false.
    func statistics(of place: Int, isTest: [Bool]) -> ColumnStatistics {
        var statistics = ColumnStatistics()
        forEachRun(of: place) { rows, values in
            for row in rows where !isTest[row] { statistics.add(values[row - rows.lowerBound]) }
        }
        let mean = statistics.mean
        forEachRun(of: place) { rows, values in
            for row in rows where !isTest[row] && !values[row - rows.lowerBound].isNaN {
                statistics.addDeviation(values[row - rows.lowerBound] - mean)
            }
        }
        return statistics
    }

    /// The texts of a column in rows of which `isTest` is false, sorted, and how often each is there.
    func categories(of place: Int, isTest: [Bool]) -> [(name: String, count: Int)] {
        let column = columns[place]
        var counts = [Int](repeating: 0, count: column.dictionary.entries.count)
        var row = 0
        column.codes.forEach { code in
            if !isTest[row] { counts[Int(code)] += 1 }
            row += 1
        }
        // a text in quotes and the same without are one
        var ofName: [String: Int] = [:]
        for number in counts.indices where counts[number] > 0 && column.dictionary.entries[number].kind != .missing {
            ofName[String(decoding: column.dictionary.text(number), as: UTF8.self), default: 0] += counts[number]
        }
        return ofName.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// How many rows of which `isTest` is false have no value in a column of texts.
    func trainingMissing(of place: Int, isTest: [Bool]) -> Int {
        let entries = columns[place].dictionary.entries
        var (row, missing) = (0, 0)
        columns[place].codes.forEach { code in
            if !isTest[row], entries[Int(code)].kind == .missing { missing += 1 }
            row += 1
        }
        return missing
    }

    /// Throws if a row has no target.
    func checkTarget(_ place: Int) throws(DatasetError) {
        let column = columns[place]
        let shown = [column.name].listedNames
        if column.mode == .coded {
            let isNumbers = types[place] == .numbers
            let missing = column.dictionary.entries.filter {
                $0.kind == .missing || (isNumbers && $0.kind == .missingNumber)
            }
            guard let first = missing.first else { return }
            let rows = missing.reduce(0) { $0 + $1.occurrences }
            throw .unusable(
                path: "\(path) line \(first.line)",
                found: "no value of the target \(shown)\(rows > 1 ? ", as in \(rows - 1) other rows" : "")",
                expected: "one in each row; leave out such rows")
        }
        guard column.missing == 0 else {
            throw .unusable(
                path: "\(path) line \(column.firstMissing ?? 1)",
                found:
                    "no value of the target \(shown)\(column.missing > 1 ? ", as in \(column.missing - 1) other rows" : "")",
                expected: "one in each row; leave out such rows")
        }
    }

    /// The numbers of the classes or texts of a column, for splits that know them; -1 for one that is not known.
    func labels(of place: Int) -> [Int] {
        let column = columns[place]
        var labels: [Int] = []
        labels.reserveCapacity(count)
        guard column.mode == .coded else {
            column.codes.forEach { labels.append($0 < CodeBlocks.unknown ? Int($0) : -1) }
            return labels
        }
        // a text in quotes and the same without are one class
        var numbers: [[UInt8]: Int] = [:]
        let classes = column.dictionary.entries.map { entry in
            let next = numbers.count
            let text = column.dictionary.text(of: entry)
            if numbers[text] == nil { numbers[text] = next }
            return numbers[text] ?? 0
        }
        column.codes.forEach { labels.append(classes[Int($0)]) }
        return labels
    }
}

/// The numbers of a column, whether kept as numbers or as codes of texts.
struct NumberTable {
    private let table: [Double]
    private let isSwapped: Bool

    init(_ column: ColumnBuilder) {
        table = column.mode == .coded ? column.dictionary.numbers : []
        isSwapped = column.dates.isSwapped
    }

    /// Writes the numbers of rows of one block.
    func copy(_ column: ColumnBuilder, _ rows: Range<Int>, to output: UnsafeMutableBufferPointer<Double>) {
        if column.mode == .coded {
            withUnsafeTemporaryAllocation(of: UInt32.self, capacity: rows.count) { codes in
                column.codes.copy(rows, to: codes)
                for row in 0..<rows.count { output[row] = table[Int(codes[row])] }
            }
        } else {
            column.values.copy(rows, to: output)
        }
        if isSwapped {
            for row in 0..<rows.count where !output[row].isNaN { output[row] = DateField.swapped(output[row]) }
        }
    }
}
