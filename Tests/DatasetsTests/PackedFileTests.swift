import Datasets
import Foundation
import TestSupport
import Testing

@Suite("Packed files")
struct PackedFileTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private struct Notes: Codable, Equatable { var classes: [String] }

    private static let fields = [
        PackedField("image", .uint8, shape: [nil, nil, 3]), PackedField("label", .int32),
        PackedField("curve", .float32, shape: [nil]), PackedField("box", .int16, shape: [4]),
        PackedField("time", .int64, shape: [3]),
    ]

    private func sample(_ number: Int) -> [PackedValue] {
        let (height, width) = (number % 4, number % 3 + 1)
        return [
            PackedValue((0..<height * width * 3).map { UInt8(($0 + number) & 255) }, shape: [height, width, 3]),
            PackedValue(Int32(number % 7 - 1)),
            PackedValue((0..<number % 5).map { Float($0) / 3 }, shape: [number % 5]),
            PackedValue([Int16(number), -1, 2, .min], shape: [4]), PackedValue([Int64(number), .max, -5], shape: [3]),
        ]
    }

    private func write(_ name: String, _ count: Int = 50) throws {
        let writer = try PackedWriter(path: folder(name), kind: "example", fields: Self.fields)
        for number in 0..<count { try writer.append(sample(number)) }
        try writer.finish(notes: Notes(classes: ["a", "b"]))
    }

    @Test("give back what was written, in any order")
    func roundTrip() throws {
        try write("p")
        #expect(try folder.names() == ["p"])
        #expect(PackedFile.isPacked(folder("p")))
        let file = try PackedFile(path: folder("p"), kind: "example")
        #expect(file.count == 50 && file.fields == Self.fields)
        #expect(try file.notes(as: Notes.self) == Notes(classes: ["a", "b"]))
        for number in (0..<50).reversed() {
            let expected = sample(number)
            let (shape, pixels) = try file.value(0, of: number, as: UInt8.self)
            #expect(shape == expected[0].shape && pixels == expected[0].bytes)
            #expect(
                try PackedValue(file.value(2, of: number, as: Float.self).values, shape: [number % 5]) == expected[2])
            #expect(try PackedValue(file.value(3, of: number, as: Int16.self).values, shape: [4]) == expected[3])
            #expect(try PackedValue(file.value(4, of: number, as: Int64.self).values, shape: [3]) == expected[4])
            try file.withValue(2, of: number) { _, bytes in
                #expect(UInt(bitPattern: bytes.baseAddress) % 4 == 0)
            }
        }
        #expect(Array(try PackedColumn<Int32>(file, "label")) == (0..<50).map { Int32($0 % 7 - 1) })
        try write("q")
        #expect(try PackedFile(path: folder("q")).checksum == file.checksum)
        try write("r", 49)
        #expect(try PackedFile(path: folder("r")).checksum != file.checksum)
    }

    @Test("are complete or not there")
    func incomplete() throws {
        do {
            let writer = try PackedWriter(path: folder("p"), kind: "example", fields: Self.fields)
            try writer.append(sample(1))
            #expect(throws: DatasetError.self) { try writer.append(Array(repeating: PackedValue(Int32(1)), count: 5)) }
        }
        #expect(try folder.names() == [])
        let writer = try PackedWriter(path: folder("p"), kind: "example", fields: Self.fields)
        #expect(throws: DatasetError.self) { try writer.finish(notes: 1) }
        #expect(throws: DatasetError.self) { try PackedWriter(path: folder("no/p"), kind: "x", fields: Self.fields) }
    }

    @Test("of another kind, of other fields, or none are refused by name")
    func refusals() throws {
        try write("p")
        func error(_ body: () throws -> Void) -> String {
            do {
                try body()
                return "none"
            } catch { return "\(error)".replacingOccurrences(of: folder.path, with: "DIR") }
        }
        #expect(
            error { _ = try PackedFile(path: folder("p"), kind: "images") }
                == "cannot use DIR/p: found packed example, expected packed images; name other data")
        let file = try PackedFile(path: folder("p"))
        #expect(error { _ = try file.notes(as: [Int].self) }.contains("found notes of another form"))
        #expect(error { _ = try file.field("sound", .float32, axes: 1) }.contains("expected sound (float32, 1 axes)"))
        #expect(
            error { _ = try file.value(0, of: 1, as: Float.self) }.contains("found image of uint8, expected float32"))
        try folder.write("a,b\n1,2\n".utf8, to: "t.csv")
        #expect(
            !PackedFile.isPacked(folder("t.csv")) && !PackedFile.isPacked(folder("none"))
                && !PackedFile.isPacked(folder.path))
        #expect(error { _ = try PackedFile(path: folder("t.csv")) }.contains("found 8 bytes"))
    }

    @Test("with one byte changed anywhere are refused, or give a sample that is refused")
    func damage() throws {
        try write("p", 12)
        let good = try folder.read("p")
        let count = 12
        for at in good.indices {
            var bytes = good
            bytes[at] ^= 0x20
            try folder.write(bytes, to: "d")
            let isFill = (at >= 68 && at < 80) == false && at >= 80 && at < 128
            let found = try? readAll("d")
            // between samples there are zeros that nobody reads
            if found != nil { #expect(isFill || bytes[at] == 0x20, "byte \(at)") }
            if let found { #expect(found == count) }
        }
        for length in stride(from: 0, to: good.count, by: 7) {
            try folder.write(good[..<length], to: "d")
            #expect(throws: DatasetError.self) { try readAll("d") }
        }
    }

    private func readAll(_ name: String) throws -> Int {
        let file = try PackedFile(path: folder(name), kind: "example")
        for number in 0..<file.count {
            for field in file.fields.indices { try file.withValue(field, of: number) { _, _ in } }
        }
        return file.count
    }
}
