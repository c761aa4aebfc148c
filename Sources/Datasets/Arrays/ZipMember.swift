import CZlib
import Machine
import Preconditions

/// The content of a member of a zip archive, read once from its beginning to its end; its checksum is compared there.
final class ZipMember: ByteSource {
    private let entry: ZipArchive.Entry
    private let path: String
    private let file: FileDescriptor
    /// The next byte of the file, and the end of the member.
    private var position: Int
    private let end: Int
    private var checksum: UInt = 0
    private var done = 0
    private let input: UnsafeMutableRawBufferPointer
    /// Owned here. zlib keeps the address, so that it must not move. Nil where the member is stored.
    private let stream: UnsafeMutablePointer<z_stream>?
    private var isFinished = false

    init(_ entry: ZipArchive.Entry, path: String, file: FileDescriptor, start: Int) {
        (self.entry, self.path, self.file) = (entry, path, file)
        (position, end) = (start, start + entry.compressedCount)
        input = .allocate(byteCount: entry.isDeflated ? 1 << 16 : 1, alignment: 16)
        guard entry.isDeflated else {
            stream = nil
            return
        }
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // negative: data without zlib's header
        let code = inflateInit2_(stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        require(code == Z_OK, "zlib: inflateInit2 says \(code)")
        self.stream = stream
    }

    deinit {
        if let stream {
            inflateEnd(stream)
            stream.deallocate()
        }
        input.deallocate()
    }

    var knownCount: Int? { entry.count }

    func read(into output: UnsafeMutableRawBufferPointer) throws(DatasetError) -> Int {
        // not beyond what the directory says: a small member may decompress to anything
        let room = UnsafeMutableRawBufferPointer(rebasing: output[..<min(output.count, entry.count - done)])
        let count = stream == nil ? try readStored(into: room) : try inflate(into: room)
        checksum = crc32_z(checksum, room.baseAddress?.assumingMemoryBound(to: UInt8.self), count)
        done += count
        guard count == room.count else { throw damage("the end of its data after \(done) of \(entry.count) bytes") }
        if done == entry.count, !isFinished {
            isFinished = true
            guard UInt32(truncatingIfNeeded: checksum) == entry.checksum else { throw damage("another checksum") }
        }
        return count
    }

    private func readStored(into room: UnsafeMutableRawBufferPointer) throws(DatasetError) -> Int {
        let count = readAll(file, at: position, into: room)
        guard count >= 0 else { throw damage("a read error") }
        position += count
        return count
    }

    private func inflate(into room: UnsafeMutableRawBufferPointer) throws(DatasetError) -> Int {
        guard let stream else { return 0 }
        var count = 0
        while count < room.count {
            if stream.pointee.avail_in == 0 {
                let wanted = UnsafeMutableRawBufferPointer(rebasing: input[..<min(input.count, end - position)])
                let filled = readAll(file, at: position, into: wanted)
                guard filled > 0 else { return count }
                position += filled
                stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
                stream.pointee.avail_in = UInt32(filled)
            }
            let piece = min(room.count - count, 1 << 30)
            stream.pointee.next_out = room.baseAddress.map { ($0 + count).assumingMemoryBound(to: UInt8.self) }
            stream.pointee.avail_out = UInt32(piece)
            let code = CZlib.inflate(stream, Z_NO_FLUSH)
            count += piece - Int(stream.pointee.avail_out)
            if code == Z_STREAM_END { return count }
            guard code == Z_OK || code == Z_BUF_ERROR else {
                throw damage("damaged data (\(stream.pointee.msg.map { String(cString: $0) } ?? "code \(code)"))")
            }
        }
        return count
    }

    private func damage(_ found: String) -> DatasetError {
        .unusable(path: path, found: found, expected: "a whole member of a zip archive; fetch or write the file again")
    }
}
