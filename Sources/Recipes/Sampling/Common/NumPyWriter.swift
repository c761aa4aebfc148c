import Foundation

/// Arrays in NumPy's format `.npy`.
///
/// Source: NumPy Enhancement Proposal 1, "A Simple File Format for NumPy Arrays", version 1.0.
enum NumPyWriter {
    /// The file of Float32 elements in row-major order.
    static func file(_ elements: some Sequence<Float>, shape: [Int]) -> Data {
        let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(sizes)), }"
        // the data begin at a multiple of 64 bytes
        header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
        var file = Data([0x93] + Array("NUMPY".utf8) + [1, 0])
        file.append(contentsOf: [UInt8(header.utf8.count & 0xff), UInt8(header.utf8.count >> 8)])
        file.append(contentsOf: header.utf8)
        for element in elements {
            withUnsafeBytes(of: element.bitPattern.littleEndian) { file.append(contentsOf: $0) }
        }
        return file
    }
}
