import Communication
import Foundation
import TestSupport
import Testing

import Datasets

@Suite("Arrays in NumPy's format")
struct NumPyFileTests {
    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().path + "/Fixtures"
    private let collection: ArrayCollection

    init() throws { collection = try ArrayCollection(path: Self.fixtures + "/arrays.npz") }

    private func values(_ array: NumberArray) -> [Double] {
        var values = [Double](repeating: .nan, count: array.count)
        values.withUnsafeMutableBufferPointer { array.copy(from: 0, to: $0) }
        return values
    }

    @Test(
        "have the elements that numpy has saved, for each type, byte order and layout", arguments: NumberType.allCases)
    func types(type: NumberType) throws {
        let expected: [Double] = type == .bool ? [0, 1, 1, 1, 1, 1] : [0, 1, 7, 11, 100, 101]
        for order in type.size == 1 ? ["little"] : ["little", "big"] {
            for layout in ["c", "fortran"] {
                let array = try collection.array("\(type.rawValue)_\(order)_\(layout)")
                #expect(array.type == type && array.shape == [2, 3])
                #expect(values(array) == expected, "\(order) \(layout)")
            }
        }
    }

    @Test("have extreme values, no axes, no elements, and four axes in Fortran order")
    func extremes() throws {
        #expect(values(try collection.array("negative")) == [-1.5, -2.25e-300, 1e300, .infinity])
        #expect(try collection.array("limits").integers(in: 0..<2) == [.min, .max])
        #expect(try collection.array("unsigned").integers(in: 0..<1) == [-1])
        #expect(values(try collection.array("unsigned")) == [0x1p64])
        // the nearest numbers of binary16: 65504, 2⁻²⁴, -1638·2⁻¹⁴
        #expect(values(try collection.array("halves")) == [65504, 0x1p-24, -1638 * 0x1p-14])
        #expect(try collection.array("scalar").shape == [])
        #expect(values(try collection.array("scalar")) == [2.5])
        #expect(try collection.array("empty").shape == [0, 4])
        let four = try collection.array("four_fortran")
        #expect(four.shape == [2, 3, 4, 5] && values(four) == (0..<120).map { Double($0) })
        let moved = try four.withChannelsLast()
        #expect(moved.shape == [2, 4, 5, 3])
        #expect(values(moved)[1] == 20 && values(moved)[3] == 1 && values(moved)[119] == 119)
    }

    @Test("of other kinds are refused by name, with what to do")
    func refused() throws {
        for (name, words) in [
            ("complex", ["complex", "x.real"]), ("text", ["texts", "numpy.unique"]), ("bytes", ["texts"]),
            ("objects", ["pickle", "astype"]), ("structured", ["structured"]), ("dates", ["dates", "int64"]),
            ("long_double", ["f16", "float64"]),
        ] {
            let text = message { _ = try collection.array(name) }
            #expect(([name, "arrays.npz"] + words).allSatisfy(text.contains) && !text.contains("\n"), "\(text)")
        }
    }

    @Test("are read from stored archives, zip64, all versions of the format, gzip, and a folder")
    func containers() throws {
        let stored = try ArrayCollection(path: Self.fixtures + "/stored.npz")
        #expect(stored.names == ["x", "y"])
        #expect(values(try stored.array("x")) == [0, 1, 2, 3, 4, 5])
        let versions = try ArrayCollection(path: Self.fixtures + "/versions.npz")
        #expect(versions.names == ["größe1", "größe2", "größe3"])
        for name in versions.names { #expect(values(try versions.array(name)) == [0, 1, 2]) }

        let folder = try TemporaryFolder()
        let bytes = ExampleArrays.npy([1, 2, 3, 4] as [Float], [2, 2])
        try folder.write(bytes, to: "a.npy")
        try folder.write(gzip(bytes), to: "b.npy.gz")
        try folder.write([1], to: "other.txt")
        let files = try ArrayCollection(path: folder.path)
        #expect(files.names == ["a", "b"])
        for name in files.names { #expect(values(try files.array(name)) == [1, 2, 3, 4]) }
    }

    @Test("written by us are read back, and are what numpy writes but for the name of the type's order")
    func written() throws {
        var numbers = NumPyFile(.float64, shape: [2, 2])
        numbers.append([1.5, -2, .infinity, 1e-300])
        var classes = NumPyFile(.int16, shape: [3])
        classes.append([-1, 0, 300] as [Int64])
        #expect(numbers.bytes.count == 128 + 32 && classes.bytes.count == 128 + 6)
        let folder = try TemporaryFolder()
        try folder.write(try NumPyFile.archive([("numbers", numbers), ("classes", classes)]), to: "both.npz")
        let both = try ArrayCollection(path: folder("both.npz"))
        #expect(values(try both.array("numbers")) == [1.5, -2, .infinity, 1e-300])
        #expect(values(try both.array("classes")) == [-1, 0, 300])
        #expect(try both.array("classes").type == .int16)
    }

    @Test("that are damaged are refused in one line, before memory is taken")
    func damaged() throws {
        let folder = try TemporaryFolder()
        let whole = ExampleArrays.npy([1, 2, 3, 4] as [Float], [2, 2])
        func refusal(_ bytes: [UInt8]) throws -> String {
            try folder.write(bytes, to: "a.npy")
            return message { _ = try NumberArray(path: folder("a.npy")) }
        }
        #expect(try refusal([]).contains("no bytes"))
        #expect(try refusal(Array(whole.dropLast())).contains("16 for float32 of the shape (2, 2)"))
        #expect(try refusal(whole + [0]).contains("more bytes"))
        #expect(try refusal(Array(whole.prefix(9))).contains("header"))
        #expect(try refusal(Array("x,y\n1,2\n".utf8)).contains("numpy.save"))
        let huge = ExampleArrays.npy("<f8", [1 << 40, 1 << 20], [])
        #expect(try refusal(huge).contains("elements"))
        #expect(try refusal(ExampleArrays.npy("<f8", [1 << 40], [1, 2])).contains("bytes"))
        #expect(try refusal(Array(huge.map { $0 == 0x27 ? 0x20 : $0 })).contains("header"))
        var newer = whole
        newer[6] = 9
        #expect(try refusal(newer).contains("version 9"))
    }

    @Test("in damaged archives are refused: another checksum, a cut end, sizes that are not true")
    func damagedArchives() throws {
        let folder = try TemporaryFolder()
        for name in ["stored", "arrays"] {
            let whole = Array(try Data(contentsOf: URL(filePath: Self.fixtures + "/\(name).npz")))
            var other = whole
            other[name == "stored" ? 190 : 120] ^= 0xff
            for (bytes, word) in [
                (other, name == "stored" ? "checksum" : "bool_little_c.npy"), (Array(whole.prefix(400)), "end"),
            ] {
                try folder.write(bytes, to: "a.npz")
                let text = message {
                    let archive = try ArrayCollection(path: folder("a.npz"))
                    for name in archive.names where !name.contains("text") { _ = try archive.array(name) }
                }
                #expect(text.contains(word) && text.contains("a.npz"), "\(text)")
            }
        }
    }
}
