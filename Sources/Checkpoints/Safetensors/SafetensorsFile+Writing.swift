import Preconditions

extension SafetensorsFile {
    /// Writes `tensors` to a new file at `path`, flushed to the disk.
    ///
    /// The bytes depend on the arguments alone: the tensors in the given order, each with its CRC-32 in the metadata,
    /// then the further `metadata` in the order of its keys. A file that is there already is replaced as a whole,
    /// once the new one is on the disk.
    public static func write(
        _ tensors: [NamedTensor], metadata: [String: String] = [:], to path: String
    ) throws(CheckpointError) {
        let image = SafetensorsImage(of: tensors, metadata: metadata)
        try OutputFile.replace(path) { (file) throws(CheckpointError) in try image.write(to: file) }
    }
}

/// A safetensors file in the making: its header, with the checksums, and the tensors that will follow.
struct SafetensorsImage {
    private let tensors: [NamedTensor]
    private let header: [UInt8]

    /// The CRC-32 and the length of the whole file.
    let fingerprint: Fingerprint

    /// - Parameter pause: called after each block of the tensors that was read.
    init(of tensors: [NamedTensor], metadata: [String: String] = [:], pause: () -> Void = {}) {
        var header = SafetensorsHeader()
        var names: Set<String> = [SafetensorsHeader.metadataName]
        var parts: [Fingerprint] = []
        var position = 0
        for tensor in tensors {
            require(names.insert(tensor.name).inserted, "safetensors: a second tensor \"\(tensor.name)\"")
            var part = Fingerprint()
            tensor.forEachBlock { block in
                part.append(block)
                pause()
            }
            header.entries.append(
                SafetensorsEntry(
                    name: tensor.name, type: .float32, shape: tensor.shape, bytes: position..<position + part.count))
            header.metadata.append((SafetensorsHeader.checksumKey(of: tensor.name), part.text))
            parts.append(part)
            position += part.count
        }
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            require(!SafetensorsHeader.isChecksumKey(key), "safetensors: the metadata \(key) is for checksums")
            header.metadata.append((key, value))
        }
        self.tensors = tensors
        self.header = header.bytes()
        var whole = Fingerprint(self.header)
        for part in parts { whole.append(part) }
        fingerprint = whole
    }

    /// Writes a new file, and waits until it is on the disk.
    /// - Parameter pause: called after each block of the tensors that was written.
    func write(to path: String, pause: () -> Void) throws(CheckpointError) {
        let file = try OutputFile(path: path)
        try write(to: file, pause: pause)
        try file.finish()
    }

    fileprivate func write(to file: OutputFile, pause: () -> Void = {}) throws(CheckpointError) {
        try file.write(header)
        for tensor in tensors {
            try tensor.forEachBlock { (block) throws(CheckpointError) in
                try file.write(block)
                pause()
            }
        }
    }
}

extension NamedTensor {
    /// Calls `body` with the bytes of the elements, block by block.
    fileprivate func forEachBlock<Failure>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        try withValues { (values) throws(Failure) in
            var rest = UnsafeRawBufferPointer(values)[...]
            while !rest.isEmpty {
                try body(UnsafeRawBufferPointer(rebasing: rest.prefix(OutputFile.blockBytes)))
                rest = rest.dropFirst(OutputFile.blockBytes)
            }
        }
    }
}
