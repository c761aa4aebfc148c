import Checkpoints
import Testing
import TestSupport

@Suite("A flawed safetensors file")
struct SafetensorsFlawTests {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    struct Flawed: Sendable, CustomTestStringConvertible {
        let header: String
        let dataCount: Int
        let complaint: String
        var testDescription: String { complaint }

        init(_ header: String, data dataCount: Int = 0, _ complaint: String) {
            (self.header, self.dataCount, self.complaint) = (header, dataCount, complaint)
        }
    }

    private static func entry(_ name: String, _ type: String, _ shape: String, _ begin: String, _ end: String) -> String
    {
        "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":[\(shape)],\"data_offsets\":[\(begin),\(end)]}"
    }

    static let flaws: [Flawed] = [
        Flawed("", "found the end of the header, expected \"{\""),
        Flawed(" {}", "found \" \" at byte 0 of the header, expected \"{\""),
        Flawed("{", "found the end of the header, expected \"\"\""),
        Flawed("{} x", "found \"x\" at byte 3 of the header, expected the end of the header"),
        Flawed("{\"a\":1}", "found \"1\" at byte 5 of the header, expected \"{\""),
        Flawed("{\"a", "found the end of the header, expected the end of a string"),
        Flawed("{\"a\n\":{}}", "found byte 10 at byte 3 of the header, expected text without control characters"),
        Flawed("{\"\\x\":{}}", "expected one of \"\\/bfnrtu after a backslash"),
        Flawed("{\"\\ud800\":{}}", "found half a surrogate pair"),
        Flawed("{\"a\":{}}", "found tensor \"a\" with parts missing"),
        Flawed("{\"a\":{\"offset\":1}}", "found \"offset\" in tensor \"a\""),
        Flawed("{\"__metadata__\":{\"a\":1}}", "found \"1\" at byte 21 of the header, expected \"\"\""),
        Flawed("{\"__metadata__\":{},\"__metadata__\":{}}", "found two __metadata__, expected one"),
        Flawed(
            "{\(entry("a", "C64", "1", "0", "8"))}", data: 8,
            "found dtype \"C64\" in tensor \"a\", expected one of BOOL"),
        Flawed("{\(entry("a", "F32", "1", "4", "0"))}", data: 4, "found data_offsets [4, 0] in tensor \"a\""),
        Flawed("{\(entry("a", "F32", "-1", "0", "4"))}", data: 4, "expected a whole number"),
        Flawed("{\(entry("a", "F32", "1.5", "0", "4"))}", data: 4, "found \".\""),
        Flawed(
            "{\(entry("a", "F32", "3", "0", "4"))}", data: 4,
            "found 4 bytes for tensor \"a\", expected 12 for shape [3] of F32"),
        Flawed(
            "{\(entry("a", "F32", "4294967296,4294967296", "0", "0"))}",
            "found tensor \"a\" of shape [4294967296, 4294967296], expected fewer than 2⁶³ bytes"),
        Flawed("{\(entry("a", "F32", "1", "0", "18446744073709551615"))}", "expected a number below 2⁶³"),
        Flawed(
            "{\(entry("a", "F32", "1", "0", "4")),\(entry("b", "F32", "1", "2", "6"))}", data: 6,
            "found tensor \"b\" at data byte 2, expected it at 4"),
        Flawed(
            "{\(entry("a", "F32", "1", "0", "4")),\(entry("b", "F32", "1", "8", "12"))}", data: 12,
            "found tensor \"b\" at data byte 8, expected it at 4"),
        Flawed(
            "{\(entry("a", "F32", "1", "0", "4")),\(entry("a", "F32", "1", "4", "8"))}", data: 8,
            "found two tensors \"a\""),
        Flawed("{\(entry("a", "F32", "1", "0", "4"))}", data: 3, "found 3 bytes of data, expected 4, by the header"),
        Flawed("{\(entry("a", "F32", "1", "0", "4"))}", data: 5, "found 5 bytes of data, expected 4, by the header"),
    ]

    @Test("is refused with what was found and what was expected", arguments: flaws)
    func refusal(flaw: Flawed) throws {
        try folder.write(safetensors(flaw.header, dataCount: flaw.dataCount), to: "a")
        let message = try #require(complaint { _ = try SafetensorsFile(path: folder("a")) })
        #expect(message.hasPrefix("cannot use \(folder("a")): found "))
        #expect(message.contains(flaw.complaint))
        #expect(!message.contains("\n"))
    }

    @Test("with an absurd length of its header is refused before anything is allocated")
    func absurdLength() throws {
        try folder.write([UInt8](repeating: 0xff, count: 16), to: "a")
        #expect(
            complaint { _ = try SafetensorsFile(path: folder("a")) }
                == "cannot use \(folder("a")): found a header of 18446744073709551615 bytes in a file of 16, "
                + "expected one that fits, of at most 100000000")
    }

    @Test("with whole numbers opens, and says which tensor is not of floating point when it is read")
    func integers() throws {
        try folder.write(safetensors("{\(Self.entry("n", "I64", "1", "0", "8"))}", dataCount: 8), to: "a")
        let file = try SafetensorsFile(path: folder("a"))
        #expect(
            complaint { _ = try file.tensors() }
                == "cannot use \(folder("a")): found dtype I64 in tensor \"n\", expected one of F32, F16, BF16, F64")
    }

    @Test("that is not there, or is a folder, is named with the reason")
    func noFile() throws {
        #expect(
            complaint { _ = try SafetensorsFile(path: folder("none")) }
                == "cannot open \(folder("none")): No such file or directory")
        #expect(
            complaint { _ = try SafetensorsFile(path: folder.path) }
                == "cannot use \(folder.path): found a directory, expected a regular file")
    }

    @Test("never traps, and never passes for the original: each bit flipped, and each length cut")
    func everyBitAndLength() throws {
        let tensors = [
            NamedTensor(name: "w", shape: [2, 2], values: [1, 2, 3, 4]), NamedTensor(name: "s", shape: [], values: [5]),
        ]
        try SafetensorsFile.write(tensors, to: folder("a"))
        let bytes = try folder.read("a")
        func read(_ damaged: [UInt8]) throws -> [NamedTensor]? {
            try folder.write(damaged, to: "b")
            return try? SafetensorsFile(path: folder("b")).tensors()
        }
        var refused = 0
        for i in bytes.indices {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[i] ^= 1 << bit
                // A flip in the header may rename a tensor or a checksum; a flip in the data is always seen.
                let result = try read(damaged)
                if result == nil { refused += 1 }
                if i >= bytes.count - 20 { #expect(result == nil, "bit \(bit) of byte \(i)") }
            }
        }
        #expect(refused > bytes.count * 5)
        for count in bytes.indices { #expect(try read(Array(bytes[..<count])) == nil, "cut to \(count) bytes") }
    }

    @Test("that cannot be written completely is an error with the system's reason")
    func fullDevice() throws {
        let tensor = NamedTensor(name: "a", shape: [1], values: [1])
        #expect(
            complaint { try SafetensorsFile.write([tensor], to: "/dev/full") }
                == "cannot write /dev/full: No space left on device")
    }
}
