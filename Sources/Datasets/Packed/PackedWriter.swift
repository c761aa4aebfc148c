import Foundation
import Machine
import Preconditions

/// Writes a packed file sample by sample: beside its name, which it gets when it is complete. Used by one thread.
public final class PackedWriter {
    /// The file to write.
    public let path: String
    /// The fields of each sample.
    public let fields: [PackedField]
    /// The samples that were written.
    public private(set) var count = 0

    private let kind: String
    private let newPath: String
    private let file: FileDescriptor
    private var isFinished = false
    private var buffer: [UInt8] = []
    /// The bytes that were written or wait in `buffer`.
    private var position = PackedHeader.firstSample
    private var index: [UInt8] = []
    private var columns: [[UInt8]]

    private static let bufferSize = 1 << 20

    /// Begins a file of samples of a kind with these fields, which have different names. Throws if it cannot be created.
    public init(path: String, kind: String, fields: [PackedField]) throws(DatasetError) {
        require(
            !fields.isEmpty && Set(fields.map(\.name)).count == fields.count
                && fields.allSatisfy { $0.shape.count <= PackedField.mostAxes },
            "PackedWriter: fields must have different names, and at most \(PackedField.mostAxes) axes")
        (self.path, self.kind, self.fields) = (path, kind, fields)
        columns = Array(repeating: [], count: fields.count)
        newPath = "\(path).new-\(getpid())"
        unlink(newPath)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        guard let file = FileDescriptor(owning: open(newPath, flags, 0o666)) else { throw Self.refusal(newPath) }
        self.file = file
        buffer.reserveCapacity(2 * Self.bufferSize)
        buffer += [UInt8](repeating: 0, count: PackedHeader.firstSample)
    }

    deinit { if !isFinished { unlink(newPath) } }

    /// Appends a sample: a value for each field. Throws if a value does not fit its field, or the system refuses to write.
    public func append(_ values: [PackedValue]) throws(DatasetError) {
        require(values.count == fields.count, "PackedWriter: \(values.count) values for \(fields.count) fields")
        guard count < Int(UInt32.max) else {
            throw .unusable(path: path, found: "more samples", expected: "at most \(UInt32.max)")
        }
        var record: [UInt8] = []
        for (number, (field, value)) in zip(fields, values).enumerated() {
            guard value.element == field.element, let size = field.byteCount(value.shape), size == value.bytes.count
            else {
                throw .unusable(
                    path: path,
                    found:
                        "the field \(field.name) of sample \(count): \(value.element.rawValue) of the shape \(value.shape)",
                    expected:
                        "\(field.element.rawValue) of the shape \(field.shape.map { $0.map(String.init) ?? "any" })")
            }
            if field.isColumn {
                columns[number] += value.bytes
                continue
            }
            for (size, given) in zip(field.shape, value.shape) where size == nil {
                record += PackedHeader.bytes(UInt32(given))
            }
            record += [UInt8](repeating: 0, count: (8 - record.count % 8) % 8)
            record += value.bytes
        }
        guard record.count <= UInt32.max else {
            throw .unusable(path: path, found: "a sample of \(record.count) bytes", expected: "at most \(UInt32.max)")
        }
        index += PackedHeader.bytes(UInt64(position)) + PackedHeader.bytes(UInt32(record.count))
        index += PackedHeader.bytes(PackedHeader.checksum(record))
        try write(record)
        try write([UInt8](repeating: 0, count: (8 - position % 8) % 8))
        count += 1
    }

    /// Completes the file, with notes for those who read it. Throws if there is no sample, or the system refuses.
    public func finish(notes: some Codable) throws(DatasetError) {
        guard count > 0 else { throw .unusable(path: path, found: "no samples", expected: "at least one") }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        guard let text = try? encoder.encode(PackedNotes(kind: kind, fields: fields, notes: notes)) else {
            throw .unusable(path: path, found: "notes that are no JSON", expected: "finite numbers")
        }
        let indexOffset = position
        var checksum = PackedHeader.checksum(index)
        try write(index)
        let columnsOffset = position
        for number in columns.indices {
            columns[number] += [UInt8](repeating: 0, count: (8 - columns[number].count % 8) % 8)
            checksum = columns[number].withUnsafeBytes { PackedHeader.checksum($0, after: checksum) }
            try write(columns[number])
        }
        let notesOffset = position
        checksum = Array(text).withUnsafeBytes { PackedHeader.checksum($0, after: checksum) }
        try write(Array(text))
        try flush()
        let header = PackedHeader(
            count: count, indexOffset: indexOffset, columnsOffset: columnsOffset, notesOffset: notesOffset,
            notesCount: text.count, fileSize: position, tailChecksum: checksum)
        guard pwrite(file.number, header.bytes, PackedHeader.size, 0) == PackedHeader.size, fsync(file.number) == 0,
            file.close(), rename(newPath, path) == 0
        else { throw Self.refusal(path) }
        isFinished = true
    }

    private func write(_ bytes: [UInt8]) throws(DatasetError) {
        position += bytes.count
        buffer += bytes
        if buffer.count >= Self.bufferSize { try flush() }
    }

    private func flush() throws(DatasetError) {
        var done = 0
        while done < buffer.count {
            let written = buffer.withUnsafeBytes { bytes in
                Foundation.write(file.number, bytes.baseAddress.unsafelyUnwrapped + done, bytes.count - done)
            }
            guard written > 0 || errno == EINTR else { throw Self.refusal(newPath) }
            done += max(0, written)
        }
        buffer.removeAll(keepingCapacity: true)
    }

    private static func refusal(_ path: String) -> DatasetError {
        .unwritable(path: path, reason: String(cString: strerror(errno)))
    }
}
