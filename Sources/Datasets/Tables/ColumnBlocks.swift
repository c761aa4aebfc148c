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

/// Codes of texts of a column in blocks of rows; those of a block take half the memory where all of them fit 16 bits.
struct CodeBlocks: Sendable {
    /// Of a field without a value, and of a text that was not learned; also in 16 bits the two largest numbers.
    static let missing = UInt32.max
    static let unknown = UInt32.max - 1

    private enum Block {
        case narrow([UInt16])
        case wide([UInt32])
    }

    private var blocks: [Block] = []
    private var current: [UInt32] = []

    @inline(__always)
    mutating func append(_ code: UInt32) {
        current.append(code)
        if current.count == NumberBlocks.rows { close() }
    }

    private mutating func close() {
        let isNarrow = current.allSatisfy { $0 >= Self.unknown || $0 < UInt32(UInt16.max) - 1 }
        blocks.append(isNarrow ? .narrow(current.map { UInt16(truncatingIfNeeded: $0) }) : .wide(current))
        current.removeAll(keepingCapacity: true)
    }

    @inline(__always)
    private static func widened(_ code: UInt16) -> UInt32 {
        code >= UInt16.max - 1 ? UInt32(code) | 0xffff_0000 : UInt32(code)
    }

    /// Writes the codes of some rows of one block.
    func copy(_ rows: Range<Int>, to output: UnsafeMutableBufferPointer<UInt32>) {
        let block = rows.lowerBound / NumberBlocks.rows
        let first = rows.lowerBound - block * NumberBlocks.rows
        guard block < blocks.count else {
            for row in 0..<rows.count { output[row] = current[first + row] }
            return
        }
        switch blocks[block] {
        case .narrow(let codes): for row in 0..<rows.count { output[row] = Self.widened(codes[first + row]) }
        case .wide(let codes): for row in 0..<rows.count { output[row] = codes[first + row] }
        }
    }

    /// Calls `body` with each code in order.
    func forEach(_ body: (UInt32) -> Void) {
        for block in blocks {
            switch block {
            case .narrow(let codes): for code in codes { body(Self.widened(code)) }
            case .wide(let codes): codes.forEach(body)
            }
        }
        current.forEach(body)
    }
}
