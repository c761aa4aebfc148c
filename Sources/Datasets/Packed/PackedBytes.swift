/// An array in a packed file, in blocks one after the other.
final class PackedBytes: Sendable {
    /// Where an array is in a packed file.
    struct Part: Codable, Sendable, Equatable {
        /// The file, and the number of the first block.
        let path: String
        let block: Int
        /// The bytes, and their CRC-32.
        let count: Int
        let checksum: UInt32
    }

    /// The bytes of a block, a sample of the file; the last one of an array is filled up with zeros.
    static let blockSize = 1 << 16
    /// The blocks of an array of so many bytes.
    static func blocks(_ count: Int) -> Int { count / blockSize + (count % blockSize == 0 ? 0 : 1) }
    static let field = PackedField("block", .uint8, shape: [blockSize])

    let part: Part
    private let file: PackedFile
    // valid as long as `file`
    nonisolated(unsafe) let start: UnsafeRawPointer?

    /// The part of an open file. Throws if its blocks are not there.
    init(_ part: Part, in file: PackedFile) throws(DatasetError) {
        let blocks = Self.blocks(max(0, part.count))
        guard file.fields == [Self.field], part.count >= 0, part.block >= 0, part.block <= file.count - blocks else {
            throw .unusable(path: file.path, found: "arrays that do not fit it", expected: "those of `pack`")
        }
        (self.part, self.file) = (part, file)
        start = blocks == 0 ? nil : file.samples + part.block * Self.blockSize
        // before anything is reached by its distance from the first block
        guard blocks == 0 || file.holds(blocks: part.block + blocks, of: Self.blockSize) else {
            throw .unusable(path: file.path, found: "blocks that overlap the index", expected: "those of `pack`")
        }
    }

    /// The array at `part`, in the file that it names.
    convenience init(opening part: Part) throws(DatasetError) { try self.init(part, in: PackedFile(path: part.path)) }

    /// Throws if one of these bytes is in a damaged block.
    func check(_ range: Range<Int>) throws(DatasetError) {
        guard !range.isEmpty, range.lowerBound >= 0, range.upperBound <= part.count else { return }
        for block in range.lowerBound / Self.blockSize...(range.upperBound - 1) / Self.blockSize {
            try file.check(block: part.block + block, of: Self.blockSize)
        }
    }
}
