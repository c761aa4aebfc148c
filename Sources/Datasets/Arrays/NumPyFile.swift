import CZlib

/// Writes arrays in NumPy's format.
package struct NumPyFile: Sendable {
    /// The data type of the elements.
    package let type: NumberType
    /// The extents of the axes.
    package let shape: [Int]
    private var elements: [UInt8] = []

    /// An array without elements yet.
    package init(_ type: NumberType, shape: [Int]) { (self.type, self.shape) = (type, shape) }

    /// The bytes of the file, as `numpy.save` writes them.
    package var bytes: [UInt8] { NumPyHeader.bytes(type, shape: shape) + elements }

    /// Appends whole numbers; of a type of fewer bits their lowest ones.
    package mutating func append(_ values: some Sequence<Int64>) {
        for value in values {
            guard type.isInteger else {
                append([Double(value)])
                continue
            }
            withUnsafeBytes(of: value.littleEndian) { elements += $0.prefix(type.size) }
        }
    }

    /// Appends numbers to an array of `float32` or `float64`.
    package mutating func append(_ values: some Sequence<Double>) {
        for value in values {
            if type == .float32 {
                withUnsafeBytes(of: Float(value).bitPattern.littleEndian) { elements += $0 }
            } else {
                withUnsafeBytes(of: value.bitPattern.littleEndian) { elements += $0 }
            }
        }
    }

    /// The bytes of an archive of arrays, stored, as `numpy.savez` writes them. Throws where it has 4 GiB or more.
    package static func archive(_ arrays: [(name: String, array: NumPyFile)]) throws(DatasetError) -> [UInt8] {
        func number(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> (8 * $0) & 0xff) } }
        var (content, directory): ([UInt8], [UInt8]) = ([], [])
        for (name, array) in arrays {
            let (bytes, name, offset) = (array.bytes, Array("\(name).npy".utf8), content.count)
            let checksum = bytes.withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, $0.count) }
            // version 2.0, no flags, stored, 1980-01-01: the same bytes at any time
            let common =
                number(20, 2) + number(0, 4) + number(0, 2) + number(0x21, 2) + number(Int(checksum), 4)
                + number(bytes.count, 4) + number(bytes.count, 4) + number(name.count, 2) + number(0, 2)
            content += [0x50, 0x4b, 3, 4] + common + name + bytes
            directory += [0x50, 0x4b, 1, 2] + number(20, 2) + common + number(0, 10) + number(offset, 4) + name
        }
        guard content.count + directory.count < 0xffff_0000 else {
            throw .unusable(
                path: "the predictions", found: "\(content.count) bytes",
                expected: "less than 4 GiB in one .npz; write a .npy")
        }
        let end =
            [0x50, 0x4b, 5, 6] + number(0, 4) + number(arrays.count, 2) + number(arrays.count, 2)
            + number(directory.count, 4) + number(content.count, 4) + number(0, 2)
        return content + directory + end
    }
}
