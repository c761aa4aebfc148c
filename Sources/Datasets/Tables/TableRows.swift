public import TensorEngine

/// Rows of a table as numbers, with what is to be predicted of each; categories are kept as codes.
public struct TableRows: Dataset {
    /// The number of rows.
    public let count: Int
    private let layout: TableLayout
    /// Numbers and codes of the rows one after the other, and of each row the target and the weight where there are
    /// any.
    private let dense: HostArray<Float>
    private let codes: HostArray<UInt16>
    private let targets: HostArray<Double>
    private let weights: HostArray<Float>

    init(
        count: Int, _ schema: TableSchema, dense: HostArray<Float>, codes: HostArray<UInt16>,
        targets: HostArray<Double>, weights: HostArray<Float>
    ) {
        (self.count, layout) = (count, TableLayout(schema))
        (self.dense, self.codes, self.targets, self.weights) = (dense, codes, targets, weights)
    }

    /// The rows in arrays that `arrays` has given; nil if they don't fit the schema.
    init?(count: Int, _ schema: TableSchema, _ arrays: ArraySlice<HostBytes>) {
        let arrays = Array(arrays)
        guard arrays.count == 4, let dense = HostArray<Float>(arrays[0]), let codes = HostArray<UInt16>(arrays[1]),
            let targets = HostArray<Double>(arrays[2]), let weights = HostArray<Float>(arrays[3]),
            count >= 0, dense.count == count * schema.denseWidth, codes.count == count * schema.codeCount,
            targets.count == count || targets.isEmpty, weights.count == count || weights.isEmpty
        else { return nil }
        self.init(count: count, schema, dense: dense, codes: codes, targets: targets, weights: weights)
    }

    /// Whether all targets can be ones of the schema, of a file that may have been edited.
    func isSound(_ schema: TableSchema) -> Bool {
        guard targets.count == count else { return false }
        guard case .classes(let names) = schema.target else { return targets.allSatisfy(\.isFinite) }
        return targets.allSatisfy { $0 >= -1 && $0 < Double(names.count) && $0 == $0.rounded() }
    }

    /// The memory of the rows.
    var arrays: [HostBytes] { [dense.bytes, codes.bytes, targets.bytes, weights.bytes] }

    /// The CRC-32 of all numbers.
    public var checksum: UInt32? { DataChecksum(of: arrays).value }

    /// The rows of these numbers.
    public func batch(of samples: [Int]) -> TableBatch {
        let width = layout.width
        let inputs = Tensor(shape: [samples.count, width]) { elements in
            dense.withUnsafeBufferPointer { dense in
                codes.withUnsafeBufferPointer { codes in
                    for (row, sample) in samples.enumerated() {
                        layout.fill(
                            UnsafeMutableBufferPointer(rebasing: elements[(row * width)..<((row + 1) * width)]),
                            dense, codes, row: sample)
                    }
                }
            }
        }
        return TableBatch(
            inputs: inputs, targets: targets.isEmpty ? [] : samples.map { targets[$0] },
            weights: weights.isEmpty ? nil : samples.map { weights[$0] })
    }
}

/// Some rows of a table.
public struct TableBatch: Sendable {
    /// The inputs, [n, width].
    public let inputs: Tensor
    /// The numbers to be predicted as they are in the table, or the numbers of the classes: -1 for one that was not
    /// learned.
    public let targets: [Double]
    /// How much each row counts; nil if all count alike.
    public let weights: [Float]?
}

/// Where the kept numbers of a row, and the ones of its categories, are among the inputs.
private struct TableLayout: Sendable {
    let width: Int
    private let denseWidth: Int
    private let codeCount: Int
    /// Numbers that stay together: where they are kept, where they go, how many.
    private var spans: [(from: Int, to: Int, count: Int)] = []
    /// Where the inputs of each coded column begin.
    private var categories: [(offset: Int, count: Int)] = []

    init(_ schema: TableSchema) {
        (width, denseWidth, codeCount) = (schema.width, schema.denseWidth, schema.codeCount)
        var (from, to) = (0, 0)
        for column in schema.columns {
            if case .categories(let names) = column.kind {
                categories.append((to, names.count))
            } else {
                let count = column.kind.denseWidth
                if let last = spans.last, last.to + last.count == to {
                    spans[spans.count - 1].count += count
                } else {
                    spans.append((from, to, count))
                }
                from += count
            }
            to += column.kind.width
        }
    }

    func fill(
        _ inputs: UnsafeMutableBufferPointer<Float>, _ dense: UnsafeBufferPointer<Float>,
        _ codes: UnsafeBufferPointer<UInt16>, row: Int
    ) {
        for span in spans {
            for index in 0..<span.count { inputs[span.to + index] = dense[row * denseWidth + span.from + index] }
        }
        for (index, category) in categories.enumerated() {
            for place in 0..<category.count { inputs[category.offset + place] = 0 }
            let code = Int(codes[row * codeCount + index])
            if code < category.count { inputs[category.offset + code] = 1 }
        }
    }
}

/// Gathers rows.
final class TableRowsBuilder {
    var count = 0
    let dense = HostArrayBuilder<Float>()
    let codes = HostArrayBuilder<UInt16>()
    let targets = HostArrayBuilder<Double>()
    let weights = HostArrayBuilder<Float>()

    func finish(_ schema: TableSchema) -> TableRows {
        TableRows(
            count: count, schema, dense: dense.finish(), codes: codes.finish(), targets: targets.finish(),
            weights: weights.finish())
    }
}
