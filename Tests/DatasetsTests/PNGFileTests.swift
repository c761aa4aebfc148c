import CZlib
import Datasets
import Foundation
import Testing

@Suite("PNG images")
struct PNGFileTests {
    /// A chunk: its type and its content; checks its CRC.
    private func chunks(_ file: Data) -> [(type: String, content: [UInt8])] {
        var (result, rest) = ([(type: String, content: [UInt8])](), Array(file.dropFirst(8)))
        func number(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }
        while rest.count >= 12 {
            let count = number(rest[0..<4])
            let body = Array(rest[4..<8 + count])
            #expect(number(rest[8 + count..<12 + count]) == Int(crc32(0, body, UInt32(body.count))))
            result.append((String(decoding: body[0..<4], as: UTF8.self), Array(body[4...])))
            rest.removeFirst(12 + count)
        }
        #expect(rest.isEmpty)
        return result
    }

    private func inflated(_ bytes: [UInt8], count: Int) -> [UInt8] {
        var (result, length) = ([UInt8](repeating: 0, count: count), UInt(count))
        #expect(uncompress(&result, &length, bytes, UInt(bytes.count)) == Z_OK)
        #expect(Int(length) == count)
        return result
    }

    @Test("hold the pixels row by row, each after its filter, in gray and in RGB", arguments: [1, 3])
    func pixels(channels: Int) throws {
        let pixels = (0..<6 * channels).map { UInt8($0 * 7) }
        let file = PNGFile.encode(pixels, width: 3, height: 2, channels: channels)
        #expect(Array(file.prefix(8)) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        // the last chunk is the same in all files; its CRC is in the specification's examples
        #expect(Array(file.suffix(12)) == [0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82])
        let chunks = chunks(file)
        #expect(chunks.map(\.type) == ["IHDR", "IDAT", "IEND"])
        #expect(chunks[0].content == [0, 0, 0, 3, 0, 0, 0, 2, 8, channels == 1 ? 0 : 2, 0, 0, 0])
        let row = 3 * channels
        let rows = inflated(chunks[1].content, count: 2 * (row + 1))
        var expected: [UInt8] = []
        for start in [0, row] {
            expected.append(0)
            expected += pixels[start..<start + row]
        }
        #expect(rows == expected)
    }
}
