/// A safetensors file, open for reading: those of this module, and those of other programs.
///
/// Opening reads and checks the header; the tensors are read when they are asked for. A tensor for which the metadata
/// hold a checksum, `crc32.<name>`, is checked against it. No content makes it trap.
public struct SafetensorsFile: Sendable {
    /// Where the file is.
    public let path: String

    /// The tensors, in the order of the header.
    public let entries: [SafetensorsEntry]

    /// The free text of the header, `__metadata__`.
    public let metadata: [String: String]

    private let file: InputFile
    private let headerFingerprint: Fingerprint

    /// The longest header that is read, in bytes: the limit that other programs set, too.
    static let longestHeader = 100_000_000

    /// Opens the file at `path` and reads its header.
    public init(path: String) throws(CheckpointError) {
        file = try InputFile(path: path)
        do {
            guard file.size >= 8 else {
                throw CheckpointError.unusable(
                    path: path, found: "\(file.size) bytes", expected: "8 with the header's length, and a header")
            }
            let length = try file.bytes(at: 0, count: 8)
            let headerCount = length.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            guard headerCount <= UInt64(min(Self.longestHeader, file.size - 8)) else {
                throw CheckpointError.unusable(
                    path: path, found: "a header of \(headerCount) bytes in a file of \(file.size)",
                    expected: "one that fits, of at most \(Self.longestHeader)")
            }
            let text = try file.bytes(at: 8, count: Int(headerCount))
            let header = try SafetensorsHeader(text: text)
            try header.validate(dataCount: file.size - 8 - text.count)
            entries = header.entries
            metadata = Dictionary(header.metadata.map { ($0.key, $0.value) }) { first, _ in first }
            headerFingerprint = Fingerprint(length + text)
        } catch let flaw as Flaw {
            throw flaw.error(in: path)
        } catch let error as CheckpointError {
            throw error
        } catch {
            throw .unusable(path: path, found: "\(error)", expected: "a safetensors header")
        }
        self.path = path
    }

    /// Whether the tensor of that name is as Lockstep has written it: the metadata hold its checksum.
    public func hasChecksum(of name: String) -> Bool { metadata[SafetensorsHeader.checksumKey(of: name)] != nil }

    /// All tensors, in the order of the header, as Float32.
    public func tensors() throws(CheckpointError) -> [NamedTensor] {
        try file.checkMemory(for: file.size)
        var tensors: [NamedTensor] = []
        for entry in entries { tensors.append(try read(entry).tensor) }
        return tensors
    }

    /// The tensor of that name, as Float32; nil if there is none.
    public func tensor(named name: String) throws(CheckpointError) -> NamedTensor? {
        guard let entry = entries.first(where: { $0.name == name }) else { return nil }
        return try read(entry).tensor
    }

    /// All tensors, and the fingerprint of the whole file, which is read once.
    func contents() throws(CheckpointError) -> (tensors: [NamedTensor], fingerprint: Fingerprint) {
        try file.checkMemory(for: file.size)
        var (tensors, parts): ([NamedTensor], [Fingerprint]) = ([], [])
        for entry in entries {
            let (tensor, fingerprint) = try read(entry)
            tensors.append(tensor)
            parts.append(fingerprint)
        }
        return (tensors, whole(parts))
    }

    /// Reads the whole file block by block, checks the tensors that have a checksum, and returns the file's fingerprint.
    func verify() throws(CheckpointError) -> Fingerprint {
        var parts: [Fingerprint] = []
        for entry in entries {
            let part = try file.fingerprint(of: position(of: entry)..<position(of: entry) + entry.bytes.count)
            try check(part, of: entry)
            parts.append(part)
        }
        return whole(parts)
    }

    /// The fingerprint of the whole file, from those of its tensors.
    private func whole(_ parts: [Fingerprint]) -> Fingerprint {
        var whole = headerFingerprint
        for i in entries.indices.sorted(by: { entries[$0].bytes.upperBound < entries[$1].bytes.upperBound }) {
            whole.append(parts[i])
        }
        return whole
    }

    private func position(of entry: SafetensorsEntry) -> Int { 8 + headerCount + entry.bytes.lowerBound }

    /// Throws where the metadata hold another checksum of the tensor.
    private func check(_ fingerprint: Fingerprint, of entry: SafetensorsEntry) throws(CheckpointError) {
        guard let expected = metadata[SafetensorsHeader.checksumKey(of: entry.name)], fingerprint.text != expected
        else { return }
        throw .unusable(
            path: path, found: "CRC-32 \(fingerprint.text) of tensor \(entry.name.debugDescription)",
            expected: "\(expected.debugDescription), as when it was saved")
    }

    private func read(_ entry: SafetensorsEntry) throws(CheckpointError) -> (tensor: NamedTensor, Fingerprint) {
        let position = position(of: entry)
        let values: [Float]
        let fingerprint: Fingerprint
        if entry.type == .float32 {
            let count = entry.bytes.count / 4
            try file.checkMemory(for: entry.bytes.count)
            values = try [Float](unsafeUninitializedCapacity: count) { (buffer, initialized) throws(CheckpointError) in
                let used = UnsafeMutableBufferPointer(rebasing: buffer[..<count])
                try file.read(into: UnsafeMutableRawBufferPointer(used), at: position)
                initialized = count
            }
            fingerprint = values.withUnsafeBytes { Fingerprint($0) }
        } else {
            let bytes = try file.bytes(at: position, count: entry.bytes.count)
            guard let converted = entry.type.values(of: bytes) else {
                let readable = ([.float32] + ElementType.convertible).map(\.rawValue).joined(separator: ", ")
                throw .unusable(
                    path: path, found: "dtype \(entry.type.rawValue) in tensor \(entry.name.debugDescription)",
                    expected: "one of \(readable)")
            }
            values = converted
            fingerprint = Fingerprint(bytes)
        }
        try check(fingerprint, of: entry)
        return (NamedTensor(name: entry.name, shape: entry.shape, values: values), fingerprint)
    }

    private var headerCount: Int { headerFingerprint.count - 8 }
}
