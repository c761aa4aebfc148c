import Datasets
import Testing
import TestSupport

@Suite("A file that may be compressed")
struct GzipFileTests {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    private func read(_ bytes: [UInt8]) throws -> [UInt8] {
        try folder.write(bytes, to: "a")
        return try GzipFile.read(folder("a"))
    }

    /// Around the sizes of the buffers: 2¹⁸ bytes are read at a time.
    static let sizes = [0, 1, 2, 1000, 1 << 18 - 1, 1 << 18, 1 << 18 + 1, 1 << 20, 3_000_000]

    @Test("is read as it is when it is plain, and decompressed when it is not", arguments: sizes)
    func bothForms(count: Int) throws {
        let bytes = noise(count)
        #expect(try read(bytes) == bytes)
        #expect(try read(gzip(bytes)) == bytes)
    }

    @Test("may hold far more than its compressed bytes let one guess")
    func highRatio() throws {
        let bytes = [UInt8](repeating: 7, count: 5_000_000)
        #expect(try read(gzip(bytes)) == bytes)
    }

    @Test("may have several members")
    func members() throws {
        let parts = [noise(300_000), [], noise(1000), [UInt8](repeating: 0, count: 2_000_000)]
        #expect(try read(parts.flatMap { gzip($0) }) == parts.flatMap { $0 })
    }

    @Test("is refused when it is cut anywhere")
    func truncated() throws {
        let compressed = gzip(noise(500))
        for count in 2..<compressed.count {
            let message = try #require(complaint { _ = try read(Array(compressed[..<count])) }, "cut to \(count)")
            #expect(
                message == "cannot use \(folder("a")): found the end of the file inside its compressed data "
                    + "after \(count) of \(count) bytes, expected a complete gzip file; fetch it again")
        }
    }

    @Test("never gives anything but its content when a bit of its data, checksum or length is flipped")
    func flipped() throws {
        let original = (0..<300).map { UInt8($0 / 7 % 5 * ($0 % 3)) }
        let compressed = gzip(original)
        var refused = 0
        // Before byte 10 is the header, with a time and a system's name that nothing checks. In the data, only bits
        // that fill up the last byte do not matter.
        for i in 10..<compressed.count {
            for bit in 0..<8 {
                var damaged = compressed
                damaged[i] ^= 1 << bit
                let content = try? read(damaged)
                if content == nil { refused += 1 }
                let isTrailer = i >= compressed.count - 8
                #expect(content == nil || (content == original && !isTrailer), "bit \(bit) of byte \(i)")
            }
        }
        #expect(refused >= 8 * (compressed.count - 10) - 7)
    }

    @Test("with a wrong checksum says so")
    func wrongChecksum() throws {
        var damaged = gzip(noise(300))
        damaged[damaged.count - 8] ^= 1
        let message = try #require(complaint { _ = try read(damaged) })
        #expect(message.contains("found damaged gzip data (incorrect data check) after "))
    }

    @Test("is refused when something else follows")
    func trailingBytes() throws {
        let message = try #require(complaint { _ = try read(gzip([1, 2, 3]) + Array("rubbish".utf8)) })
        #expect(message.contains("found damaged gzip data (incorrect header check)"))
    }

    @Test("that cannot be read is named with the system's reason")
    func unreadable() throws {
        #expect(
            complaint { _ = try GzipFile.read(folder("none")) }
                == "cannot read \(folder("none")): No such file or directory")
        #expect(complaint { _ = try GzipFile.read(folder.path) } == "cannot read \(folder.path): Is a directory")
    }
}
