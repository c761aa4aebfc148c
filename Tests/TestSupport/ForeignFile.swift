import Foundation

/// A safetensors file as other programs write it: without the metadata that this one has.
package enum ForeignFile {
    /// Writes the tensors, and the text of a JSON object as metadata.
    package static func write(
        _ tensors: [(name: String, shape: [Int], values: [Float])], to path: String, metadata: String? = nil
    ) throws {
        var (entries, data): ([String], [UInt8]) = ([], [])
        if let metadata { entries.append("\"__metadata__\":\(metadata)") }
        for tensor in tensors {
            let bytes = tensor.values.withUnsafeBytes { Array($0) }
            entries.append(
                "\"\(tensor.name)\":{\"dtype\":\"F32\",\"shape\":\(tensor.shape),\"data_offsets\":[\(data.count),\(data.count + bytes.count)]}"
            )
            data += bytes
        }
        let header = Array("{\(entries.joined(separator: ","))}".utf8)
        let length = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) }
        try Data(length + header + data).write(to: URL(filePath: path))
    }
}
