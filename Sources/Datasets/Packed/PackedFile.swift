import Foundation
import Messages
import Synchronization

/// Samples in one file, which is mapped into memory: a sample is a list of named arrays of numbers.
///
/// Opening it reads the index alone, whatever the samples' size: a process has as many of its pages in memory as the system has
/// room for, and the processes of a host share them. Index and notes are checked by a checksum when the file is opened, each sample
/// when it is first read.
public struct PackedFile: Sendable {
    /// Where the file is.
    public let path: String
    /// What the samples are, such as `images`: the recipe that packed them knows.
    public let kind: String
    /// The fields of each sample.
    public let fields: [PackedField]
    /// The number of samples.
    public var count: Int { header.count }
    /// A CRC-32 of the index, the columns and the notes, and with the index of all samples.
    public var checksum: UInt32 { header.tailChecksum }

    private let file: MappedFile
    private let header: PackedHeader
    /// Where the columns begin; nil for fields that are none.
    private let columns: [Int?]
    private let verified: VerifiedSamples

    /// Whether the file at `path` begins as a packed one. *Local.*
    public static func isPacked(_ path: String) -> Bool {
        guard let status = try? FileStatus(path), status.isRegular, let file = try? SequentialFile(path: path) else {
            return false
        }
        var start = [UInt8](repeating: 0, count: 8)
        let count = start.withUnsafeMutableBytes { try? file.read(into: $0) }
        return count == 8 && start == PackedHeader.magic
    }

    /// Opens the file at `path`, which must be of this kind, where one is given. *Local.*
    public init(path: String, kind: String? = nil) throws(DatasetError) {
        self.path = path
        let file = try MappedFile(path: path)
        let (header, description) = try file.withBytes { (bytes) throws(DatasetError) in
            let header = try PackedHeader(bytes, path: path)
            let notes = Data(bytes[header.notesOffset...])
            guard let description = try? JSONDecoder().decode(PackedDescription.self, from: notes) else {
                throw .unusable(
                    path: path, found: "notes that name no kind and fields", expected: "a file that `pack` has written")
            }
            return (header, description)
        }
        (self.file, self.header) = (file, header)
        (self.kind, fields) = (description.kind, description.fields)
        verified = VerifiedSamples(count: header.count)
        var (columns, end) = ([Int?](), header.columnsOffset)
        for field in description.fields {
            guard !field.name.isEmpty, field.shape.count <= PackedField.mostAxes,
                field.shape.allSatisfy({ ($0 ?? 0) >= 0 })
            else {
                throw .unusable(path: path, found: "a field of the shape \(field.shape)", expected: "sizes of axes")
            }
            columns.append(field.isColumn ? end : nil)
            guard field.isColumn, let size = field.byteCount(field.shape.map { $0 ?? 0 }) else { continue }
            end += (size * header.count + 7) / 8 * 8
        }
        self.columns = columns
        guard end == header.notesOffset, Set(fields.map(\.name)).count == fields.count, !fields.isEmpty else {
            throw .unusable(
                path: path, found: "fields that do not fit the file", expected: "a file that `pack` has written")
        }
        if let kind, kind != self.kind {
            throw .unusable(
                path: path, found: "packed \(self.kind.printable)", expected: "packed \(kind); name other data")
        }
    }

    /// The notes of who packed the file. Throws if they have another form.
    public func notes<Content: Codable>(as type: Content.Type) throws(DatasetError) -> Content {
        try file.withBytes { (bytes) throws(DatasetError) in
            do {
                return try JSONDecoder().decode(
                    PackedNotes<Content>.self, from: Data(bytes[header.notesOffset...])
                ).notes
            } catch {
                throw .unusable(
                    path: path, found: "notes of another form", expected: "those of packed \(kind.printable)")
            }
        }
    }

    /// The number of the field of this name, type and number of axes. Throws if there is none.
    public func field(_ name: String, _ element: PackedField.Element, axes: Int) throws(DatasetError) -> Int {
        guard let number = fields.firstIndex(where: { $0.name == name }), fields[number].element == element,
            fields[number].shape.count == axes
        else {
            let found = fields.map { "\($0.name) (\($0.element.rawValue), \($0.shape.count) axes)" }
            throw .unusable(
                path: path, found: "the fields \(found.listedNames)",
                expected: "\(name) (\(element.rawValue), \(axes) axes)")
        }
        return number
    }

    /// Calls `body` with the shape and the numbers of a field of a sample, valid within the call; the numbers begin at a multiple of
    /// their size.
    ///
    /// Throws if the sample is damaged.
    public func withValue<Result>(
        _ field: Int, of sample: Int, _ body: (_ shape: [Int], _ bytes: UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result {
        precondition(sample >= 0 && sample < count, "PackedFile: sample \(sample) is not in 0..<\(count)")
        return try file.withBytes { bytes in
            if let column = columns[field] {
                let shape = fields[field].shape.map { $0 ?? 0 }
                let size = fields[field].byteCount(shape) ?? 0
                let start = column + sample * size
                return try body(shape, UnsafeRawBufferPointer(rebasing: bytes[start..<start + size]))
            }
            let record = try record(sample, bytes)
            var offset = 0
            for (number, candidate) in fields.enumerated() where columns[number] == nil {
                let (shape, start, size) = try layout(candidate, in: record, at: offset, sample)
                if number == field {
                    return try body(shape, UnsafeRawBufferPointer(rebasing: record[start..<start + size]))
                }
                offset = start + size
            }
            throw damaged(sample)
        }
    }

    /// The numbers of a field of a sample, and their shape. Throws if the sample is damaged, or its numbers are of another type.
    public func value<Number: PackedNumber>(
        _ field: Int, of sample: Int, as type: Number.Type
    ) throws -> (shape: [Int], values: [Number]) {
        try withValue(field, of: sample) { shape, bytes in
            guard Number.element == fields[field].element else {
                throw DatasetError.unusable(
                    path: path, found: "\(fields[field].name) of \(fields[field].element.rawValue)",
                    expected: Number.element.rawValue)
            }
            return (shape, Array(bytes.bindMemory(to: Number.self)))
        }
    }

    /// Where the samples begin; valid as long as this value.
    var samples: UnsafeRawPointer { file.start + PackedHeader.firstSample }

    /// Whether so many samples of this size, one after the other, end before the index.
    func holds(blocks: Int, of size: Int) -> Bool {
        let (bytes, overflows) = blocks.multipliedReportingOverflow(by: size)
        return !overflows && bytes <= header.indexOffset - PackedHeader.firstSample
    }

    /// Throws if a sample of a file of equally long ones is damaged, or not where it is by its number.
    func check(block: Int, of size: Int) throws(DatasetError) {
        if verified.contains(block) { return }
        try file.withBytes { (bytes) throws(DatasetError) in
            let record = try record(block, bytes, "block")
            guard record.count == size, record.baseAddress == samples + block * size else {
                throw damaged(block, "block")
            }
        }
    }

    /// The bytes of a sample, checked when it is first read.
    private func record(
        _ sample: Int, _ bytes: UnsafeRawBufferPointer, _ noun: String = "sample"
    ) throws(DatasetError) -> UnsafeRawBufferPointer {
        let entry = header.indexOffset + sample * PackedHeader.entrySize
        let start = Int(exactly: PackedHeader.number(bytes, entry) as UInt64) ?? -1
        let size = Int(PackedHeader.number(bytes, entry + 8) as UInt32)
        guard start >= PackedHeader.firstSample, start % 8 == 0, start <= header.indexOffset - size else {
            throw damaged(sample, noun)
        }
        let record = UnsafeRawBufferPointer(rebasing: bytes[start..<start + size])
        if !verified.contains(sample) {
            guard PackedHeader.checksum(record) == PackedHeader.number(bytes, entry + 12) as UInt32 else {
                throw damaged(sample, noun)
            }
            verified.insert(sample)
        }
        return record
    }

    private func layout(
        _ field: PackedField, in record: UnsafeRawBufferPointer, at offset: Int, _ sample: Int
    ) throws(DatasetError) -> (shape: [Int], start: Int, size: Int) {
        var next = offset
        guard next + 4 * field.variableAxes <= record.count else { throw damaged(sample) }
        var shape: [Int] = []
        for size in field.shape {
            shape.append(size ?? Int(PackedHeader.number(record, next) as UInt32))
            next += size == nil ? 4 : 0
        }
        next = (next + 7) / 8 * 8
        guard let size = field.byteCount(shape), next <= record.count - size else { throw damaged(sample) }
        return (shape, next, size)
    }

    private func damaged(_ sample: Int, _ noun: String = "sample") -> DatasetError {
        .unusable(
            path: "\(path) \(noun) \(sample)", found: "a damaged \(noun)", expected: "its checksum; pack the data anew")
    }
}

/// The samples whose checksums were compared.
private final class VerifiedSamples: @unchecked Sendable {
    private let words: UnsafeMutablePointer<Atomic<UInt64>>
    private let count: Int

    init(count samples: Int) {
        count = (samples + 63) / 64
        words = .allocate(capacity: count)
        for word in 0..<count { (words + word).initialize(to: Atomic(0)) }
    }

    deinit {
        words.deinitialize(count: count)
        words.deallocate()
    }

    func contains(_ sample: Int) -> Bool { words[sample / 64].load(ordering: .relaxed) >> (sample % 64) & 1 == 1 }

    func insert(_ sample: Int) { words[sample / 64].bitwiseOr(1 << UInt64(sample % 64), ordering: .relaxed) }
}
