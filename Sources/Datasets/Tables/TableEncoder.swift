import Glibc
import Messages

/// Encodes the columns of a table as numbers and category codes, by a schema.
struct TableEncoder {
    let schema: TableSchema
    /// The column of the weights; nil if there is none.
    let weight: String?

    /// Counts of missing and unknown values.
    struct Counts {
        /// The fields without a value, and of unknown categories, by column.
        var missing: [String: Int] = [:]
        var unknown: [String: Int] = [:]
        /// The rows whose class was not learned, and those with a weight of 0 that are not trained on.
        var unknownClasses = 0
        var weightless = 0
    }

    /// The largest number of deviations from the mean: the squares of such inputs are finite in Float32.
    static let farthest = 1e18

    /// The rows of `table` with `isTest` false, and the others; `isTest` nil stands for test rows only.
    func encode(
        _ table: inout TableColumns, isTest: [Bool]?, withTarget: Bool = true, _ counts: inout Counts, firstRow: Int = 0
    ) throws(DatasetError) -> (training: TableRows, test: TableRows) {
        let places = Dictionary(
            uniqueKeysWithValues: table.columns.enumerated().filter { $0.element.request != .ignore }
                .map { ($0.element.name, $0.offset) })
        let (width, codeCount) = (schema.denseWidth, schema.codeCount)
        let training = TableRowsBuilder(), test = TableRowsBuilder()
        let rowsAtOnce = max(1, min(4096, (1 << 18) / (width + codeCount + 1)))
        var columns = schema.columns.map { ColumnEncoding($0, table.columns[places[$0.name] ?? 0]) }
        let target = withTarget ? TargetEncoding(schema, table.columns[places[schema.targetName] ?? 0]) : nil
        let weights = withTarget ? weight.flatMap { places[$0] } : nil
        var dense = [Float](repeating: 0, count: rowsAtOnce * width)
        var codes = [UInt16](repeating: 0, count: rowsAtOnce * codeCount)
        var targets = [Double](repeating: 0, count: rowsAtOnce)
        var weightValues = [Double](repeating: 1, count: rowsAtOnce)
        var start = 0
        while start < table.count {
            let blockEnd = (start / NumberBlocks.rows + 1) * NumberBlocks.rows
            let rows = start..<min(start + rowsAtOnce, blockEnd, table.count)
            var (denseOffset, codeOffset) = (0, 0)
            for index in columns.indices {
                let place = places[schema.columns[index].name] ?? 0
                if case .categories = schema.columns[index].kind {
                    columns[index].encode(table.columns[place], rows, into: &codes, at: codeOffset, stride: codeCount)
                    codeOffset += 1
                } else {
                    try columns[index].encode(
                        table.columns[place], rows, into: &dense, at: denseOffset, stride: width,
                        path: table.path, firstRow: firstRow)
                    denseOffset += schema.columns[index].kind.denseWidth
                }
            }
            if let target {
                let place = places[schema.targetName] ?? 0
                counts.unknownClasses += try target.encode(table.columns[place], rows, into: &targets, path: table.path)
            }
            if let weights { try copyWeights(table, weights, rows, to: &weightValues) }
            for row in rows {
                let local = row - rows.lowerBound
                let isTraining = isTest.map { !$0[row] } ?? false
                if isTraining, weights != nil, weightValues[local] == 0 {
                    counts.weightless += 1
                    continue
                }
                let builder = isTraining ? training : test
                try builder.dense.append(contentsOf: dense[(local * width)..<((local + 1) * width)])
                try builder.codes.append(contentsOf: codes[(local * codeCount)..<((local + 1) * codeCount)])
                if withTarget { try builder.targets.append(targets[local]) }
                if weights != nil { try builder.weights.append(Float(weightValues[local])) }
                builder.count += 1
            }
            start = rows.upperBound
            for place in table.columns.indices { table.columns[place].values.release(before: start) }
        }
        for (index, column) in schema.columns.enumerated() {
            if columns[index].missing > 0 { counts.missing[column.name, default: 0] += columns[index].missing }
            if columns[index].unknown > 0 { counts.unknown[column.name, default: 0] += columns[index].unknown }
        }
        return (training.finish(schema), test.finish(schema))
    }

    private func copyWeights(
        _ table: TableColumns, _ place: Int, _ rows: Range<Int>, to weights: inout [Double]
    ) throws(DatasetError) {
        weights.withUnsafeMutableBufferPointer { table.columns[place].values.copy(rows, to: $0) }
        for row in 0..<rows.count where !(weights[row] >= 0 && weights[row] <= 1e30) {
            let found = weights[row].isNaN ? "no value" : "\(weights[row])"
            throw .unusable(
                path: "\(table.path) row \(rows.lowerBound + row + 1)",
                found: "\(found) as the weight \([weight ?? ""].listedNames)", expected: "a number from 0 to 1e30")
        }
    }
}

/// Encodes the fields of one input.
private struct ColumnEncoding {
    private let name: String
    private let kind: TableSchema.Kind
    private let numbers: NumberTable
    /// The category of each text of the column's dictionary.
    private var categories: [UInt32] = []
    private(set) var missing = 0
    private(set) var unknown = 0

    init(_ column: TableSchema.Column, _ builder: ColumnBuilder) {
        (name, kind, numbers) = (column.name, column.kind, NumberTable(builder))
        guard case .categories(let names) = column.kind, builder.mode == .coded else { return }
        let codes = Dictionary(
            uniqueKeysWithValues: names.enumerated().map { (Array($0.element.utf8), UInt32($0.offset)) })
        categories = builder.dictionary.entries.map { entry in
            entry.kind == .missing
                ? CodeBlocks.missing : codes[builder.dictionary.text(of: entry)] ?? CodeBlocks.unknown
        }
    }

    /// Writes the codes of rows of one block, with the given stride.
    mutating func encode(
        _ column: ColumnBuilder, _ rows: Range<Int>, into output: inout [UInt16], at offset: Int, stride: Int
    ) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: rows.count) { codes in
            column.codes.copy(rows, to: codes)
            for row in 0..<rows.count {
                let code = categories.isEmpty ? codes[row] : categories[Int(codes[row])]
                output[row * stride + offset] = UInt16(truncatingIfNeeded: code)
                if code == CodeBlocks.missing { missing += 1 } else if code == CodeBlocks.unknown { unknown += 1 }
            }
        }
    }

    /// Writes the numbers of rows of one block, with the given stride.
    mutating func encode(
        _ column: ColumnBuilder, _ rows: Range<Int>, into output: inout [Float], at offset: Int, stride: Int,
        path: String,
        firstRow: Int
    ) throws(DatasetError) {
        var values = [Double](repeating: 0, count: rows.count)
        values.withUnsafeMutableBufferPointer { numbers.copy(column, rows, to: $0) }
        var farthest: Int?
        output.withUnsafeMutableBufferPointer { output in
            for row in 0..<rows.count {
                let (value, place) = (values[row], row * stride + offset)
                let isMissing = value.isNaN
                if isMissing { missing += 1 }
                switch kind {
                case .numbers(let mean, let deviation, let marks):
                    let scaled = isMissing ? 0 : (value - mean) / deviation
                    if abs(scaled) > TableEncoder.farthest { farthest = row }
                    output[place] = Float(scaled)
                    if marks { output[place + 1] = isMissing ? 1 : 0 }
                case .dates(let mean, let deviation, let marks, let calendar):
                    output[place] = isMissing ? 0 : Float((value - mean) / deviation)
                    if marks { output[place + 1] = isMissing ? 1 : 0 }
                    var next = place + (marks ? 2 : 1)
                    for period in calendar.periods {
                        let angle = 2 * Double.pi * period.fraction(value)
                        output[next] = isMissing ? 0 : Float(sin(angle))
                        output[next + 1] = isMissing ? 0 : Float(cos(angle))
                        next += 2
                    }
                case .presence: output[place] = isMissing ? 1 : 0
                case .categories: break
                }
            }
        }
        guard let farthest, case .numbers(let mean, let deviation, _) = kind else { return }
        throw .unusable(
            path: "\(path) row \(firstRow + rows.lowerBound + farthest + 1)",
            found: "\(values[farthest]) in the column \([name].listedNames)",
            expected: "a number less far from the rows that were learned from (mean \(mean), deviation \(deviation))")
    }
}

extension TableSchema.Calendar.Period {
    /// The part of the period that has passed, in [0, 1); of not a number it is 0.
    fileprivate func fraction(_ seconds: Double) -> Double {
        guard !seconds.isNaN else { return 0 }
        let days = (seconds / 86400).rounded(.down)
        let time = seconds / 86400 - days
        switch self {
        case .day: return time
        case .week:
            // 1970-01-01 was a Thursday; a week begins on Monday
            let day = (Int(days) + 3) % 7
            return (Double(day < 0 ? day + 7 : day) + time) / 7
        case .year:
            let year = CalendarDay(days: Int(days)).year
            let first = CalendarDay(year: year, month: 1, day: 1).days
            let next = CalendarDay(year: year + 1, month: 1, day: 1).days
            return (days - Double(first) + time) / Double(next - first)
        }
    }
}

/// Encodes the target.
private struct TargetEncoding {
    private let schema: TableSchema
    private let numbers: NumberTable
    private var classes: [Double] = []

    init(_ schema: TableSchema, _ builder: ColumnBuilder) {
        (self.schema, numbers) = (schema, NumberTable(builder))
        guard case .classes(let names) = schema.target, builder.mode == .coded else { return }
        let codes = Dictionary(
            uniqueKeysWithValues: names.enumerated().map { (Array($0.element.utf8), Double($0.offset)) })
        classes = builder.dictionary.entries.map { codes[builder.dictionary.text(of: $0)] ?? -1 }
    }

    /// Writes numbers, or the numbers of classes with -1 for one that was not learned; returns how many of these
    /// there are.
    func encode(
        _ column: ColumnBuilder, _ rows: Range<Int>, into output: inout [Double], path: String
    ) throws(DatasetError) -> Int {
        switch schema.target {
        case .number(let mean, let deviation):
            output.withUnsafeMutableBufferPointer { numbers.copy(column, rows, to: $0) }
            for row in 0..<rows.count where !(abs((output[row] - mean) / deviation) <= TableEncoder.farthest) {
                throw .unusable(
                    path: "\(path) row \(rows.lowerBound + row + 1)",
                    found:
                        "\(output[row].isNaN ? "no value" : "\(output[row])") as the target \([schema.targetName].listedNames)",
                    expected:
                        "a number less far from the rows that were learned from (mean \(mean), deviation \(deviation))")
            }
            return 0
        case .classes:
            var unknown = 0
            withUnsafeTemporaryAllocation(of: UInt32.self, capacity: rows.count) { codes in
                column.codes.copy(rows, to: codes)
                for row in 0..<rows.count {
                    let code = codes[row]
                    output[row] = !classes.isEmpty ? classes[Int(code)] : code < CodeBlocks.unknown ? Double(code) : -1
                    if output[row] < 0 { unknown += 1 }
                }
            }
            return unknown
        }
    }
}
