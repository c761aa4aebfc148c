import Checkpoints
import Testing
import TestSupport

@Suite("A safetensors file")
struct SafetensorsTests {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    private func written(_ tensors: [NamedTensor]) throws -> [UInt8] {
        try SafetensorsFile.write(tensors, to: folder("a"))
        return try folder.read("a")
    }

    @Test("holds every bit of every tensor, in the given order")
    func roundTrip() throws {
        let special: [Float] = [.nan, -0.0, .infinity, .leastNonzeroMagnitude, 1 / 3, Float(bitPattern: 0x7fa0_0001)]
        let tensors = [
            NamedTensor(name: "z", shape: [2, 3], values: special),
            NamedTensor(name: "a", shape: [], values: [2.5]),
            NamedTensor(name: "empty", shape: [3, 0, 5], values: []),
            NamedTensor(name: "m \"ü\"\\\n", shape: [1, 1], values: [-7]),
        ]
        _ = try written(tensors)
        let file = try SafetensorsFile(path: folder("a"))
        #expect(try file.tensors() == tensors)
        #expect(file.entries.map(\.name) == ["z", "a", "empty", "m \"ü\"\\\n"])
        #expect(try file.tensor(named: "a") == tensors[1])
        #expect(try file.tensor(named: "b") == nil)
    }

    @Test("has exactly the bytes that the format prescribes")
    func bytes() throws {
        let bytes = try written([NamedTensor(name: "a", shape: [2], values: [1, -2])])
        // 0x3f800000 and 0xc0000000, lowest byte first; their CRC-32 is that of Python's zlib.crc32.
        let data: [UInt8] = [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]
        let header =
            #"{"__metadata__":{"crc32.a":"c3872656"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#
        let padding = String(repeating: " ", count: 128 - 8 - header.utf8.count)
        #expect(bytes == Array(safetensors(header + padding)) + data)
    }

    @Test("begins its data at a multiple of 64 bytes, whatever the length of the names", arguments: 1...70)
    func alignment(length: Int) throws {
        let tensor = NamedTensor(name: String(repeating: "n", count: length), shape: [1], values: [1])
        #expect(try written([tensor]).count % 64 == 4)
    }

    @Test("of no tensors can be written and read")
    func nothing() throws {
        #expect(try written([]).count == 64)
        #expect(try SafetensorsFile(path: folder("a")).tensors() == [])
    }

    @Test("is written from memory that is lent, without a copy of it")
    func lending() throws {
        let values = UnsafeMutableBufferPointer<Float>.allocate(capacity: 4)
        defer { values.deallocate() }
        for i in 0..<4 { values[i] = Float(i) }
        let address = UInt(bitPattern: values.baseAddress)
        let tensor = NamedTensor(name: "lent", shape: [2, 2]) { body in
            body(UnsafeBufferPointer(start: UnsafePointer(bitPattern: address), count: 4))
        }
        #expect(tensor.withValues { UInt(bitPattern: $0.baseAddress) } == address)
        _ = try written([tensor])
        let read = try SafetensorsFile(path: folder("a")).tensors()
        #expect(read == [NamedTensor(name: "lent", shape: [2, 2], values: [0, 1, 2, 3])])
    }

    @Test("of another program may have half, bfloat16 and double precision, and any order of members")
    func otherTypes() throws {
        let header = """
            {"d":{"data_offsets":[8,16],"shape":[1],"dtype":"F64"}, "h" : {"dtype":"F16","shape":[2],\
            "data_offsets":[0,4]},"b":{"dtype":"BF16","shape":[2],"data_offsets":[4,8]},\
            "__metadata__":{"format":"pt"}}
            """
        // 1.5 and -2 in half precision, 1 and -3 in bfloat16, 0.1 in double precision.
        let data: [UInt8] = [0, 0x3e, 0, 0xc0, 0x80, 0x3f, 0x40, 0xc0, 0x9a, 0x99, 0x99, 0x99, 0x99, 0x99, 0xb9, 0x3f]
        try folder.write(safetensors(header) + data, to: "a")
        let file = try SafetensorsFile(path: folder("a"))
        #expect(
            try file.tensors() == [
                NamedTensor(name: "d", shape: [1], values: [0.1]),
                NamedTensor(name: "h", shape: [2], values: [1.5, -2]),
                NamedTensor(name: "b", shape: [2], values: [1, -3]),
            ])
        #expect(file.metadata == ["format": "pt"])
    }

    @Test("names are read with all escapes of JSON")
    func escapes() throws {
        let header = #"{"\u00e9\ud83d\ude00\/\"\\\b\f\n\r\t":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}"#
        try folder.write(safetensors(header), to: "a")
        let name = try SafetensorsFile(path: folder("a")).entries.first?.name
        #expect(name == "é😀/\"\\\u{8}\u{c}\n\r\t")
    }
}
