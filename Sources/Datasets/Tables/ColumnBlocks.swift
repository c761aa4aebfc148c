/// Numbers of a column in blocks of rows; those of a block take half the memory where Float32 holds them exactly.
struct NumberBlocks: Sendable {
    /// The rows of a block.
    static let rows = 1 << 16

    private enum Block {
        case narrow([Float])
        case wide([Double])
    }

    private var blocks: [Block] = []
    private var current: [Double] = []

    /// Appends a number; not a number represents a missing value.
    @inline(__always)
    mutating func append(_ value: Double) {
        current.append(value)
        if current.count == Self.rows { close() }
    }

    private mutating func close() {
        let isNarrow = current.allSatisfy { Double(Float($0)) == $0 || $0.isNaN }
        blocks.append(isNarrow ? .narrow(current.map(Float.init)) : .wide(current))
        current.removeAll(keepingCapacity: true)
    }

    /// Writes the numbers of some rows of one block.
    func copy(_ rows: Range<Int>, to output: UnsafeMutableBufferPointer<Double>) {
        let block = rows.lowerBound / Self.rows
        let first = rows.lowerBound - block * Self.rows
        guard block < blocks.count else {
            for row in 0..<rows.count { output[row] = current[first + row] }
            return
        }
        switch blocks[block] {
        case .narrow(let values): for row in 0..<rows.count { output[row] = Double(values[first + row]) }
        case .wide(let values): for row in 0..<rows.count { output[row] = values[first + row] }
        }
    }

    /// Frees the memory of the block that ends at a row, whose numbers are not needed any more.
    mutating func release(before row: Int) {
        guard row > 0, row % Self.rows == 0, row / Self.rows <= blocks.count else { return }
        blocks[row / Self.rows - 1] = .narrow([])
    }
}

/// Numbers of texts of a column in blocks of rows.
struct CodeBlocks: Sendable {
    /// Of a field without a value, and of a text that was not learned.
    static let missing = UInt16.max
    static let unknown = UInt16.max - 1

    private var blocks: [[UInt16]] = []
    private var current: [UInt16] = []

    @inline(__always)
    mutating func append(_ code: UInt16) {
        current.append(code)
        if current.count == NumberBlocks.rows {
            blocks.append(current)
            current.removeAll(keepingCapacity: true)
        }
    }

    /// Writes the codes of some rows of one block.
    func copy(_ rows: Range<Int>, to output: UnsafeMutableBufferPointer<UInt16>) {
        let block = rows.lowerBound / NumberBlocks.rows
        let first = rows.lowerBound - block * NumberBlocks.rows
        let values = block < blocks.count ? blocks[block] : current
        for row in 0..<rows.count { output[row] = values[first + row] }
    }

    /// Calls `body` with each code in order.
    func forEach(_ body: (UInt16) -> Void) {
        for block in blocks { block.forEach(body) }
        current.forEach(body)
    }
}
