import Foundation
import Messages

/// What a recipe reads of its data (`HostLoadable`) in a packed file: the arrays in blocks, everything else as notes.
///
/// Arrays are mapped into memory and read when they are used, by each rank: a file larger than memory takes none.
enum PackedContent {
    private struct Notes<Content: Codable>: Codable {
        let content: Content
        let counts: [Int]
        let checksums: [UInt32]
    }

    /// Writes `content` to a packed file of this kind at `path`. *Local.*
    /// - Parameter progress: told how many bytes of how many were written.
    /// - Returns: the bytes of the file.
    static func write(
        _ content: some HostLoadable, kind: String, to path: String, progress: (_ done: Int, _ of: Int) -> Void
    ) throws -> Int {
        let writer = try PackedWriter(path: path, kind: kind, fields: [PackedBytes.field])
        let (arrays, size) = (content.arrays, PackedBytes.blockSize)
        let total = arrays.reduce(0) { $0 + $1.count }
        var done = 0
        for array in arrays {
            try array.check()
            try array.withUnsafeBytes { bytes in
                for start in stride(from: 0, to: bytes.count, by: size) {
                    let block = bytes[start..<min(start + size, bytes.count)]
                    let padded = Array(block) + [UInt8](repeating: 0, count: size - block.count)
                    try writer.append([PackedValue(padded, shape: [size])])
                    done += block.count
                    if done / size % 256 == 0 { progress(done, total) }
                }
            }
        }
        let notes = Notes(content: content.notes, counts: arrays.map(\.count), checksums: arrays.map(\.checksum))
        try writer.finish(notes: notes)
        return try FileStatus(path).size
    }

    /// The content of the packed file of this kind at `path`; nil if no packed file is there. *Local.*
    static func read<Content: HostLoadable>(
        _ type: Content.Type, kind: String, at path: String
    ) throws(DatasetError) -> Content? {
        guard PackedFile.isPacked(path) else { return nil }
        let file = try PackedFile(path: path, kind: kind)
        let notes = try file.notes(as: Notes<Content.Notes>.self)
        guard notes.counts.count == notes.checksums.count else { throw unfit(path) }
        var (arrays, block) = ([HostBytes](), 0)
        for (count, checksum) in zip(notes.counts, notes.checksums) {
            let part = PackedBytes.Part(path: path, block: block, count: count, checksum: checksum)
            arrays.append(HostBytes(try PackedBytes(part, in: file)))
            block += PackedBytes.blocks(count)
        }
        guard block == file.count else { throw unfit(path) }
        do {
            return try Content(notes: notes.content, arrays: arrays)
        } catch let error as DatasetError {
            if case .unusable(let place, _, _) = error, place.hasPrefix(path) { throw error }
            throw unfit(path)
        } catch {
            throw unfit(path)
        }
    }

    /// Throws unless a setting is the one that the content at `path` was packed with. Texts are as one sets them.
    /// - Parameter noun: what was packed, such as "recordings".
    static func check(
        _ key: String, packed: String, asked: String, of noun: String, at path: String
    ) throws(DatasetError) {
        guard packed != asked else { return }
        throw .unusable(
            path: path, found: "\(noun) packed with \(key)=\(packed.printable)",
            expected: "\(key)=\(asked.printable); set it as it was, or pack the data anew")
    }

    /// Throws if test data beside the packed content at `path` are asked for: it has its own.
    static func check(testPath: String?, at path: String) throws(DatasetError) {
        guard let testPath else { return }
        throw .unusable(
            path: path, found: "packed data, which have their own test data",
            expected: "data.test_path=none, not \(testPath.printable); or name the data that were packed")
    }

    /// The line that says what was packed, such as "90 rows to train on and 10 to test on; 4 KB".
    /// - Parameter form: what the samples are, behind a comma, or nothing.
    static func summary(_ noun: String, training: Int, test: Int, _ form: String = "", bytes: Int) -> String {
        "\(Readable.count(training, of: noun)) to train on and \(Readable.count(test)) to test on\(form); "
            + Readable.bytes(bytes)
    }

    /// What is read does not fit together; `read` says in which file.
    struct Misfit: Error {}

    /// The content of a file does not fit its kind.
    static func unfit(_ path: String) -> DatasetError {
        .unusable(
            path: path, found: "packed arrays that do not fit each other",
            expected: "those of `pack`; pack the data anew")
    }
}
