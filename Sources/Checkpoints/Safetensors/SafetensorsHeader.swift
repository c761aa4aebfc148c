/// One tensor of a safetensors file: what it is, and where its bytes are.
public struct SafetensorsEntry: Sendable, Equatable {
    /// The tensor's name.
    public let name: String

    /// The type of its elements in the file.
    public let type: ElementType

    /// The extents, outermost first; `[]` is a scalar.
    public let shape: [Int]

    /// Its bytes, counted from the end of the header.
    public let bytes: Range<Int>
}

/// The header of a safetensors file: its tensors and its metadata, both in the order of the text.
///
/// Source: github.com/huggingface/safetensors, "Format".
struct SafetensorsHeader: Equatable {
    var entries: [SafetensorsEntry] = []
    var metadata: [(key: String, value: String)] = []

    static let metadataName = "__metadata__"

    /// The name in the metadata of the CRC-32 of a tensor's bytes.
    static func checksumKey(of tensor: String) -> String { "crc32.\(tensor)" }

    /// Whether a key of the metadata is that of a checksum.
    static func isChecksumKey(_ key: String) -> Bool { key.hasPrefix("crc32.") }

    static func == (a: SafetensorsHeader, b: SafetensorsHeader) -> Bool {
        a.entries == b.entries && a.metadata.elementsEqual(b.metadata, by: ==)
    }
}

extension SafetensorsHeader {
    /// Checks that the tensors fill the `dataCount` bytes after the header, without gap or overlap.
    func validate(dataCount: Int) throws(Flaw) {
        var names: Set<String> = []
        for entry in entries {
            if !names.insert(entry.name).inserted {
                throw Flaw(found: "two tensors \(entry.name.debugDescription)", expected: "unique names")
            }
            try entry.validate()
        }
        var end = 0
        for entry in entries.sorted(by: {
            ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound)
        }) {
            if entry.bytes.lowerBound != end {
                throw Flaw(
                    found: "tensor \(entry.name.debugDescription) at data byte \(entry.bytes.lowerBound)",
                    expected: "it at \(end), where the one before it ends")
            }
            end = entry.bytes.upperBound
        }
        if end != dataCount {
            throw Flaw(found: "\(dataCount) bytes of data", expected: "\(end), by the header")
        }
    }
}

extension SafetensorsEntry {
    /// Checks that the extents and the element type account for all the bytes.
    fileprivate func validate() throws(Flaw) {
        var needed = type.byteCount
        for extent in shape {
            let (product, overflows) = needed.multipliedReportingOverflow(by: extent)
            if overflows {
                throw Flaw(found: "tensor \(name.debugDescription) of shape \(shape)", expected: "fewer than 2⁶³ bytes")
            }
            needed = product
        }
        if needed != bytes.count {
            throw Flaw(
                found: "\(bytes.count) bytes for tensor \(name.debugDescription)",
                expected: "\(needed) for shape \(shape) of \(type.rawValue)")
        }
    }
}
