import Datasets
import Testing
import TestSupport

@Suite("An IDX file")
struct IDXFileTests {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    private func complaintOf(_ bytes: [UInt8], rank: Int) throws -> String? {
        try folder.write(bytes, to: "a")
        return complaint { _ = try IDXFile(path: folder("a"), rank: rank) }
    }

    @Test("gives its dimensions and elements, plain and compressed", arguments: [false, true])
    func reading(isCompressed: Bool) throws {
        let bytes = idx([2, 1, 300], noise(600))
        try folder.write(isCompressed ? gzip(bytes) : bytes, to: "a")
        let file = try IDXFile(path: folder("a"), rank: 3)
        #expect(file.shape == [2, 1, 300])
        #expect(Array(file.elements) == noise(600))
    }

    @Test("of another kind is refused with both magics and their meaning")
    func wrongMagic() throws {
        let start = "cannot use \(folder("a")): found "
        #expect(
            try complaintOf(idx([2], [1, 2]), rank: 3) == start
                + "the magic 0x00000801 (unsigned bytes in 1 dimensions), "
                + "expected the IDX magic 0x00000803 (unsigned bytes in 3 dimensions)")
        #expect(
            try complaintOf([0, 0, 0x0d, 1, 0, 0, 0, 0], rank: 1) == start
                + "the magic 0x00000d01 (32-bit floats in 1 dimensions), "
                + "expected the IDX magic 0x00000801 (unsigned bytes in 1 dimensions)")
        #expect(
            try complaintOf([0x89, 0x50, 0x4e, 0x47, 0x0d], rank: 1) == start
                + "the magic 0x89504e47, expected the IDX magic 0x00000801 (unsigned bytes in 1 dimensions)")
    }

    @Test("is refused when it is cut anywhere, or too long")
    func wrongLength() throws {
        let bytes = idx([2, 3], noise(6))
        for count in bytes.indices {
            #expect(try complaintOf(Array(bytes[..<count]), rank: 2) != nil, "cut to \(count) bytes")
        }
        #expect(
            try complaintOf(Array(bytes.dropLast()), rank: 2)
                == "cannot use \(folder("a")): found 5 elements, expected 6 for the dimensions [2, 3]")
        #expect(
            try complaintOf(bytes + [0], rank: 2)
                == "cannot use \(folder("a")): found 7 elements, expected 6 for the dimensions [2, 3]")
        #expect(
            try complaintOf([0, 0, 8, 2, 0], rank: 2)
                == "cannot use \(folder("a")): found 5 bytes, expected a header of 12")
    }

    @Test("whose dimensions overflow is refused")
    func overflow() throws {
        let huge = 0xffff_ffff
        #expect(
            try complaintOf(idx([huge, huge, huge], []), rank: 3)
                == "cannot use \(folder("a")): found the dimensions [\(huge), \(huge), \(huge)], "
                + "expected fewer than 2⁶³ elements")
    }
}
