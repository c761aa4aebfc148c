import Machine

/// The length of the sound in a WAV file by its header, which libsndfile silently cuts to the length of the file.
enum WaveExtent {
    /// How many bytes a WAV file (RIFF) lacks of what its data chunk has; nil for whole ones, and for other formats.
    ///
    /// Lengths of streams, 0 and those from 2³¹ - 2¹⁶ on, stand for an unknown end. Source: IBM and Microsoft, "Multimedia
    /// Programming Interface and Data Specifications 1.0", 1991, chapter 2.
    static func missingBytes(_ file: FileDescriptor, size: Int) throws(DatasetError) -> Int? {
        func bytes(_ offset: Int, _ count: Int) -> [UInt8] {
            var bytes = [UInt8](repeating: 0, count: count)
            let done = bytes.withUnsafeMutableBytes { readAll(file, at: offset, into: $0) }
            return Array(bytes.prefix(max(0, done)))
        }
        let start = bytes(0, 12)
        guard start.starts(with: Array("RIFF".utf8)), start.dropFirst(8).elementsEqual(Array("WAVE".utf8)) else {
            return nil
        }
        var offset = 12
        while true {
            let header = bytes(offset, 8)
            guard header.count == 8 else { return nil }
            let length = header[4...].reversed().reduce(0) { $0 << 8 | Int($1) }
            if header.starts(with: Array("data".utf8)) {
                let isStream = length == 0 || length >= 0x7fff_0000
                return isStream || offset + 8 + length <= size ? nil : offset + 8 + length - size
            }
            // chunks begin at even bytes
            offset += 8 + length + length % 2
        }
    }
}
