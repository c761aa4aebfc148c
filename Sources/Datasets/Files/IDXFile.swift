import Preconditions

/// A file of unsigned bytes in the IDX format, in which MNIST and its relatives come; plain or compressed with gzip.
///
/// Source: yann.lecun.com/exdb/mnist, "The IDX file format": two zero bytes, the type of the elements, the number of
/// dimensions, each dimension in four bytes with the highest first, then the elements in row-major order.
public struct IDXFile: Sendable {
    /// Where the file is.
    public let path: String

    /// The dimensions, outermost first.
    public let shape: [Int]

    /// The elements in row-major order.
    public let elements: ArraySlice<UInt8>

    /// Reads the file at `path`, which must have `rank` dimensions.
    public init(path: String, rank: Int) throws(DatasetError) {
        require((1...255).contains(rank), "IDXFile: the rank is \(rank), and must be in 1...255")
        self.path = path
        let content = try GzipFile.read(path)
        func unusable(_ found: String, expected: String) -> DatasetError {
            .unusable(path: path, found: found, expected: expected)
        }

        let magic = [0, 0, Self.unsignedByte, UInt8(rank)]
        let wanted = "the IDX magic \(hexadecimal(magic)) (unsigned bytes in \(rank) dimensions)"
        guard content.count >= 4 else { throw unusable("\(content.count) bytes", expected: wanted) }
        guard content.prefix(4).elementsEqual(magic) else {
            throw unusable("the magic \(hexadecimal(content.prefix(4)))\(Self.meaning(content))", expected: wanted)
        }

        let headerCount = 4 + 4 * rank
        guard content.count >= headerCount else {
            throw unusable("\(content.count) bytes", expected: "a header of \(headerCount)")
        }
        shape = stride(from: 4, to: headerCount, by: 4).map { start in
            content[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
        }
        elements = content[headerCount...]
        var needed = 1
        for extent in shape {
            let (product, overflows) = needed.multipliedReportingOverflow(by: extent)
            if overflows { throw unusable("the dimensions \(shape)", expected: "fewer than 2⁶³ elements") }
            needed = product
        }
        guard elements.count == needed else {
            throw unusable("\(elements.count) elements", expected: "\(needed) for the dimensions \(shape)")
        }
    }

    private static let unsignedByte: UInt8 = 0x08

    /// What an IDX magic says that is not the wanted one; empty if it is none.
    private static func meaning(_ magic: [UInt8]) -> String {
        let types: [UInt8: String] = [
            0x08: "unsigned bytes", 0x09: "signed bytes", 0x0b: "16-bit integers", 0x0c: "32-bit integers",
            0x0d: "32-bit floats", 0x0e: "64-bit floats",
        ]
        guard magic[0] == 0, magic[1] == 0, let type = types[magic[2]] else { return "" }
        return " (\(type) in \(magic[3]) dimensions)"
    }
}

/// The bytes in hexadecimal, as `0x00000803`.
private func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.reduce("0x") { $0 + ($1 < 16 ? "0" : "") + String($1, radix: 16) }
}
