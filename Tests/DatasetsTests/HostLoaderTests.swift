import Communication
import Datasets
import Synchronization
import Testing

/// Numbers with a name.
private struct NamedNumbers: HostLoadable {
    let notes: String
    let small: HostArray<Int32>
    let large: HostArray<Float>

    init(_ name: String, count: Int) throws {
        notes = name
        small = HostArray([1, 2, 3])
        let builder = HostArrayBuilder<Float>()
        for number in 0..<count { try builder.append(Float(number)) }
        large = builder.finish()
    }

    var arrays: [HostBytes] { [small.bytes, large.bytes] }

    init(notes: String, arrays: [HostBytes]) throws {
        self.notes = notes
        small = try #require(HostArray<Int32>(arrays[0]))
        large = try #require(HostArray<Float>(arrays[1]))
    }
}

private struct Unreadable: Error, CustomStringConvertible {
    let description = "line 3 is no number"
}

@Suite("Data are read once per host")
struct HostLoaderTests {
    @Test("One rank reads, and all have the same bytes and checksums", arguments: [1, 2, 3])
    func oneReader(ranks: Int) throws {
        let reads = Mutex(0)
        let found = try InProcessCommunicator.run(ranks: ranks) { communicator in
            let loader = HostLoader(over: communicator)
            return try loader.run {
                try loader.load("numbers") {
                    reads.withLock { $0 += 1 }
                    return try NamedNumbers("a name", count: 100_000)
                }
            }
        }
        #expect(reads.withLock { $0 } == 1)
        for content in found {
            #expect(content.notes == "a name")
            #expect(Array(content.small) == [1, 2, 3])
            #expect(content.large.count == 100_000)
            #expect(content.large.indices.allSatisfy { content.large[$0] == Float($0) })
            #expect(content.large.bytes.checksum == found[0].large.bytes.checksum)
        }
    }

    @Test("An error of the rank that reads is the error of all")
    func readingFails() throws {
        let errors = try InProcessCommunicator.run(ranks: 3) { communicator in
            let loader = HostLoader(over: communicator)
            do {
                _ = try loader.run { try loader.load("numbers") { () throws -> NamedNumbers in throw Unreadable() } }
                return "none"
            } catch {
                return "\(error)"
            }
        }
        #expect(errors == Array(repeating: "line 3 is no number", count: 3))
    }

    @Test("A rank that fails before it reads keeps nobody waiting", arguments: [0, 2])
    func rankFails(failing: Int) throws {
        let errors = try InProcessCommunicator.run(ranks: 3) { communicator in
            let loader = HostLoader(over: communicator)
            do {
                _ = try loader.run {
                    if communicator.rank == failing { throw Unreadable() }
                    return try loader.load("numbers") { try NamedNumbers("a", count: 10) }
                }
                return "none"
            } catch {
                return "\(error)"
            }
        }
        #expect(errors == Array(repeating: "line 3 is no number", count: 3))
    }

    @Test("Ranks of one host that name different data are refused")
    func otherData() throws {
        let errors = try InProcessCommunicator.run(ranks: 2) { communicator in
            let loader = HostLoader(over: communicator)
            do {
                _ = try loader.run {
                    try loader.load("data-\(communicator.rank).csv") { try NamedNumbers("a", count: 10) }
                }
                return "none"
            } catch {
                return "\(error)"
            }
        }
        #expect(errors.allSatisfy { $0.contains("data-0.csv and data-1.csv") && $0.contains("--data") })
    }

    @Test("A builder keeps what was appended while it grows")
    func builder() throws {
        let builder = HostArrayBuilder<UInt16>()
        for start in stride(from: 0, to: 300_000, by: 1000) {
            try builder.append(contentsOf: (start..<start + 999).map { UInt16(truncatingIfNeeded: $0) })
            try builder.append(UInt16(truncatingIfNeeded: start + 999))
        }
        builder[5] = 77
        let array = builder.finish()
        #expect(array.count == 300_000)
        #expect(array[5] == 77)
        #expect(array.indices.allSatisfy { $0 == 5 || array[$0] == UInt16(truncatingIfNeeded: $0) })
        #expect(builder.count == 0)
    }
}

@Suite("Checksums of data")
struct DataChecksumTests {
    @Test("One changed byte anywhere in large data changes the checksum", arguments: [0, 65_537, 5_000_000, 9_999_999])
    func everyByteCounts(place: Int) {
        var bytes = [UInt8](repeating: 7, count: 10_000_000)
        let before = DataChecksum(of: [HostArray(bytes).bytes])
        bytes[place] ^= 1
        #expect(DataChecksum(of: [HostArray(bytes).bytes]) != before)
    }

    @Test("Checksums of arrays combine to that of their bytes in a row")
    func combination() {
        let (first, second): ([UInt8], [UInt8]) = (Array(0..<200), Array(50..<250))
        var inARow = DataChecksum()
        first.withUnsafeBytes { inARow.append($0) }
        second.withUnsafeBytes { inARow.append($0) }
        #expect(DataChecksum(of: [HostArray(first).bytes, HostArray(second).bytes]) == inARow)
    }
}
