import Glibc
import Machine
import Messages

/// The members of a zip archive, such as a `.npz` file of NumPy; stored or deflated, of any size (zip64).
///
/// Source: PKWARE, "APPNOTE.TXT: .ZIP File Format Specification", version 6.3.10, section 4.3.
final class ZipArchive {
    /// A member of the archive.
    struct Entry: Equatable {
        let name: String
        let isDeflated: Bool
        let compressedCount, count: Int
        let checksum: UInt32
        /// Where its local header is.
        fileprivate(set) var offset: Int
    }

    /// Where the archive is.
    let path: String
    /// The members in the order of the directory, folders left out.
    private(set) var entries: [Entry] = []
    private let file: FileDescriptor
    private let size: Int

    /// Reads the directory of the archive at `path`.
    init(path: String) throws(DatasetError) {
        self.path = path
        guard let file = FileDescriptor(owning: Glibc.open(path, O_RDONLY | O_CLOEXEC)) else {
            throw .unreadable(path: path, reason: String(cString: strerror(errno)))
        }
        self.file = file
        var information = stat()
        size = fstat(file.number, &information) == 0 ? Int(information.st_size) : 0
        try readDirectory()
    }

    /// The content of a member, from its beginning.
    func open(_ entry: Entry) throws(DatasetError) -> ZipMember {
        let header = try bytes(at: entry.offset, 30)
        guard header.starts(with: Self.localSignature) else {
            throw damage("no local header of \(entry.name.excerpt) at byte \(entry.offset)")
        }
        let start = entry.offset + 30 + Int(header.word(26)) + Int(header.word(28))
        guard start + entry.compressedCount <= size else { throw damage("a member beyond the end of the file") }
        return ZipMember(entry, path: "\(path): \(entry.name)", file: file, start: start)
    }

    func damage(_ found: String) -> DatasetError {
        .unusable(path: path, found: found, expected: "a whole zip archive (.npz); fetch or write it again")
    }

    // MARK: The directory

    private static let localSignature: [UInt8] = [0x50, 0x4b, 3, 4]
    private static let centralSignature: [UInt8] = [0x50, 0x4b, 1, 2]
    private static let endSignature: [UInt8] = [0x50, 0x4b, 5, 6]
    /// A directory is refused where it is larger: some million members.
    private static let largestDirectory = 1 << 28

    private func readDirectory() throws(DatasetError) {
        // the end record of 22 bytes, behind it a comment of up to 65,535
        let tailStart = max(0, size - 22 - 65_535)
        let tail = try bytes(at: tailStart, size - tailStart)
        guard tail.count >= 22,
            let place = (0...(tail.count - 22)).last(where: { tail[$0...].starts(with: Self.endSignature) })
        else { throw damage(size == 0 ? "no bytes" : "no end of a zip directory in \(size) bytes") }
        let end = Array(tail[place...])
        guard end.word(4) == 0, end.word(6) == 0 else { throw damage("an archive of several parts") }
        var (count, length, start) = (Int(end.word(10)), Int(end.long(12)), Int(end.long(16)))
        let isLarge = count == 0xffff || length == 0xffff_ffff || start == 0xffff_ffff
        if isLarge, place + tailStart >= 20 {
            // the locator of the zip64 record stands before
            let locator = try bytes(at: place + tailStart - 20, 20)
            if locator.starts(with: [0x50, 0x4b, 6, 7]), let offset = Int(exactly: locator.quad(8)) {
                let record = try bytes(at: offset, 56)
                guard record.starts(with: [0x50, 0x4b, 6, 6]), let all = Int(exactly: record.quad(32)),
                    let bytes = Int(exactly: record.quad(40)), let first = Int(exactly: record.quad(48))
                else { throw damage("no zip64 record where its locator points") }
                (count, length, start) = (all, bytes, first)
            }
        }
        guard length <= min(size, Self.largestDirectory), start <= size - length, count <= length / 46 + 1 else {
            throw damage("a directory of \(length) bytes at byte \(start) of \(size)")
        }
        let directory = try bytes(at: start, length)
        var next = 0
        for _ in 0..<count { next = try readEntry(directory, at: next) }
        var names: Set<String> = []
        for entry in entries where !names.insert(entry.name).inserted {
            throw damage("two members named \(entry.name.excerpt)")
        }
    }

    /// Reads a member's entry, and returns where the next one is.
    private func readEntry(_ directory: [UInt8], at start: Int) throws(DatasetError) -> Int {
        guard start + 46 <= directory.count, directory[start...].starts(with: Self.centralSignature) else {
            throw damage("a damaged directory")
        }
        let header = Array(directory[start..<(start + 46)])
        let (nameCount, extraCount, commentCount) = (
            Int(header.word(28)), Int(header.word(30)), Int(header.word(32))
        )
        let next = start + 46 + nameCount + extraCount + commentCount
        guard next <= directory.count else { throw damage("a damaged directory") }
        let name = String(decoding: directory[(start + 46)..<(start + 46 + nameCount)], as: UTF8.self)
        if name.hasSuffix("/") { return next }
        guard header.word(8) & 1 == 0 else {
            throw .unusable(path: "\(path): \(name)", found: "an encrypted member", expected: "one without a password")
        }
        let method = header.word(10)
        guard method == 0 || method == 8 else {
            throw .unusable(
                path: "\(path): \(name)", found: "the compression method \(method)",
                expected: "0 (stored) or 8 (deflated), as numpy.savez and savez_compressed write")
        }
        var sizes = [header.long(24), header.long(20), header.long(42)].map { UInt64($0) }
        // values that do not fit are in the extra field 1, in this order
        var extra = Array(directory[(start + 46 + nameCount)..<(start + 46 + nameCount + extraCount)])
        while extra.count >= 4 {
            let length = Int(extra.word(2))
            guard extra.count >= 4 + length else { break }
            if extra.word(0) == 1 {
                var place = 4
                for index in sizes.indices where sizes[index] == 0xffff_ffff && place + 8 <= 4 + length {
                    sizes[index] = extra.quad(place)
                    place += 8
                }
            }
            extra.removeFirst(4 + length)
        }
        guard let count = Int(exactly: sizes[0]), let compressed = Int(exactly: sizes[1]),
            let offset = Int(exactly: sizes[2]), compressed <= size, offset <= size,
            method == 8 || compressed == count
        else { throw damage("impossible sizes of the member \(name.excerpt)") }
        entries.append(
            Entry(
                name: name, isDeflated: method == 8, compressedCount: compressed, count: count,
                checksum: header.long(16), offset: offset))
        return next
    }

    private func bytes(at offset: Int, _ count: Int) throws(DatasetError) -> [UInt8] {
        guard offset >= 0, count >= 0, offset <= size - count else { throw damage("the end of the file too early") }
        var bytes = [UInt8](repeating: 0, count: count)
        let done = bytes.withUnsafeMutableBytes { readAll(file, at: offset, into: $0) }
        guard done == count else { throw damage("the end of the file too early") }
        return bytes
    }
}

extension [UInt8] {
    /// The number in two bytes, lowest first.
    fileprivate func word(_ place: Int) -> UInt16 { UInt16(self[place]) | UInt16(self[place + 1]) << 8 }
    /// That in four.
    fileprivate func long(_ place: Int) -> UInt32 { UInt32(word(place)) | UInt32(word(place + 2)) << 16 }
    /// That in eight.
    fileprivate func quad(_ place: Int) -> UInt64 { UInt64(long(place)) | UInt64(long(place + 4)) << 32 }
}
