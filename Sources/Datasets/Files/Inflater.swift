import CZlib
import Preconditions

/// The decompressed content of a gzip file, read from its beginning to its end.
final class Inflater {
    private let file: SequentialFile

    /// Owned by the caller, for longer than this object.
    private let input: UnsafeMutableRawBufferPointer

    /// Owned here. zlib keeps the address, so that it must not move.
    private let stream: UnsafeMutablePointer<z_stream>

    private var isInsideMember = true
    /// How many bytes of the file were read.
    private(set) var bytesRead: Int

    /// A reader of `file`, whose first `filled` bytes are in `input` already.
    init(file: SequentialFile, input: UnsafeMutableRawBufferPointer, filled: Int) {
        self.file = file
        self.input = input
        bytesRead = filled
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // 15 is the largest window, 16 asks for gzip's header and trailer.
        let code = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        require(code == Z_OK, "zlib: inflateInit2 says \(code)")
        offer(filled)
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Decompresses on, and returns how many bytes it was; fewer than fit only at the end of the file.
    func read(into output: UnsafeMutableRawBufferPointer) throws(DatasetError) -> Int {
        var done = 0
        while done < output.count {
            if stream.pointee.avail_in == 0 {
                let count = try file.read(into: input)
                if count == 0 && !isInsideMember { break }
                if count == 0 { throw damage("the end of the file inside its compressed data") }
                bytesRead += count
                offer(count)
            }
            if !isInsideMember {
                inflateReset(stream)
                isInsideMember = true
            }
            done += try inflate(into: UnsafeMutableRawBufferPointer(rebasing: output[done...]))
        }
        return done
    }

    /// One call of zlib, with input and room for output.
    private func inflate(into output: UnsafeMutableRawBufferPointer) throws(DatasetError) -> Int {
        let room = min(output.count, 1 << 30)
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(room)
        let code = CZlib.inflate(stream, Z_NO_FLUSH)
        switch code {
        case Z_OK: break
        case Z_STREAM_END: isInsideMember = false
        default:
            let reason = stream.pointee.msg.map { String(cString: $0) } ?? "code \(code)"
            throw damage("damaged gzip data (\(reason))")
        }
        return room - Int(stream.pointee.avail_out)
    }

    private func offer(_ count: Int) {
        stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = UInt32(count)
    }

    private func damage(_ found: String) -> DatasetError {
        let place = bytesRead - Int(stream.pointee.avail_in)
        return .unusable(
            path: file.path, found: "\(found) after \(place) of \(file.size) bytes",
            expected: "a complete gzip file; fetch it again")
    }
}
