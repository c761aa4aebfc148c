import CZlib
import Foundation

/// The first bytes of a packed file.
///
///     0  magic, 8 bytes        16  number of samples      48  bytes of the notes
///     8  version, 4            24  where the index is     56  bytes of the file
///     12 CRC-32 of 16..<80, 4  32  where the columns are  64  CRC-32 from the index to the end, 4
///                              40  where the notes are    68  zeros
///
/// Numbers have 8 bytes unless said otherwise, lowest byte first. Samples begin at 128, each at a multiple of 8: for each field that
/// is no column the sizes of its variable axes (4 bytes each), zeros up to a multiple of 8, and its numbers. The index has for each
/// sample where it begins (8), its bytes (4) and their CRC-32 (4). A column has the numbers of a small field of fixed shape, sample
/// by sample, and ends at a multiple of 8. The notes are JSON: `kind`, `fields`, `notes`.
package struct PackedHeader {
    var count, indexOffset, columnsOffset, notesOffset, notesCount, fileSize: Int
    var tailChecksum: UInt32

    static let magic: [UInt8] = Array("LKPACK\r\n".utf8)
    static let version: UInt32 = 1
    static let size = 80
    static let firstSample = 128
    static let entrySize = 16

    /// The first bytes of the file, `size` of them.
    var bytes: [UInt8] {
        var body: [UInt8] = []
        for number in [count, indexOffset, columnsOffset, notesOffset, notesCount, fileSize] {
            body += Self.bytes(UInt64(number))
        }
        body += Self.bytes(tailChecksum) + [UInt8](repeating: 0, count: 12)
        return Self.magic + Self.bytes(Self.version) + Self.bytes(Self.checksum(body)) + body
    }

    /// Reads and checks the header of a file with the bytes `file`.
    init(_ file: UnsafeRawBufferPointer, path: String) throws(DatasetError) {
        func unusable(_ found: String, _ expected: String = "a file that `pack` has written") -> DatasetError {
            .unusable(path: path, found: found, expected: expected)
        }
        guard file.count >= Self.firstSample else { throw unusable("\(file.count) bytes") }
        guard file.prefix(8).elementsEqual(Self.magic) else { throw unusable("another format") }
        let version: UInt32 = Self.number(file, 8)
        guard version == Self.version else {
            throw unusable("version \(version) of packed files", "version \(Self.version); pack the data anew")
        }
        let checksum: UInt32 = Self.number(file, 12)
        guard checksum == Self.checksum(Array(file[16..<Self.size])) else {
            throw unusable("a damaged header", "its checksum; pack the data anew")
        }
        let numbers = (0..<6).map { Int(exactly: Self.number(file, 16 + 8 * $0) as UInt64) ?? -1 }
        (count, indexOffset, columnsOffset) = (numbers[0], numbers[1], numbers[2])
        (notesOffset, notesCount, fileSize) = (numbers[3], numbers[4], numbers[5])
        tailChecksum = Self.number(file, 64)
        guard fileSize == file.count else {
            throw unusable("\(file.count) bytes", "\(fileSize), as its header says; copy or pack it anew")
        }
        guard (1..<(1 << 32)).contains(count), indexOffset >= Self.firstSample, indexOffset % 8 == 0,
            columnsOffset - indexOffset == count * Self.entrySize, notesOffset >= columnsOffset, notesCount >= 0,
            notesCount <= 1 << 26, notesOffset == fileSize - notesCount
        else { throw unusable("a header whose numbers do not fit each other") }
        let tail = UnsafeRawBufferPointer(rebasing: file[indexOffset...])
        guard Self.checksum(tail) == tailChecksum else {
            throw unusable("a damaged index", "its checksum; pack the data anew")
        }
    }

    init(
        count: Int, indexOffset: Int, columnsOffset: Int, notesOffset: Int, notesCount: Int, fileSize: Int,
        tailChecksum: UInt32
    ) {
        (self.count, self.indexOffset, self.columnsOffset) = (count, indexOffset, columnsOffset)
        (self.notesOffset, self.notesCount, self.fileSize) = (notesOffset, notesCount, fileSize)
        self.tailChecksum = tailChecksum
    }

    static func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }

    static func number<Number: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: UnsafeRawBufferPointer, _ offset: Int
    ) -> Number {
        Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Number.self))
    }

    package static func checksum(_ bytes: [UInt8]) -> UInt32 { bytes.withUnsafeBytes { checksum($0) } }

    static func checksum(_ bytes: UnsafeRawBufferPointer, after: UInt32 = 0) -> UInt32 {
        guard let start = bytes.baseAddress else { return after }
        return UInt32(
            truncatingIfNeeded: crc32_z(UInt(after), start.assumingMemoryBound(to: UInt8.self), bytes.count))
    }
}

/// What a packed file notes of its samples.
struct PackedNotes<Content: Codable>: Codable {
    var kind: String
    var fields: [PackedField]
    var notes: Content
}

/// The part of the notes that all packed files have.
struct PackedDescription: Decodable {
    let kind: String
    let fields: [PackedField]
}
