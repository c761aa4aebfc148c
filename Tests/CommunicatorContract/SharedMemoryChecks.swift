import Communication

extension Contract {
    static let sharedMemoryChecks: [Check] = [
        ("what a rank writes into shared memory is read by all", sharedMemoryIsShared),
        ("shared memory that is given back is zero for all", releasedMemoryIsZero),
        ("more shared memory than there is is given to nobody", sharedMemoryThatIsNotThere),
    ]

    private static func sharedMemoryIsShared(_ communicator: any Communicator) throws {
        guard let memory = try SharedMemory.make(over: communicator, bytesPerRank: 10_000, commonBytes: 100) else {
            throw ContractViolation(description: "there is no shared memory on this host")
        }
        try expect(memory.segments.count, communicator.size, "the segments")
        let own = UnsafeMutableRawBufferPointer(start: memory.segments[communicator.rank], count: 10_000)
        try expect(own.allSatisfy { $0 == 0 }, true, "all bytes are 0 at first")
        try communicator.barrier()
        own.copyBytes(from: pattern(10_000, from: communicator.rank, tag: 7))
        let common = memory.common.assumingMemoryBound(to: UInt64.self)
        if communicator.rank == communicator.size - 1 { common[12] = 77 }
        try communicator.barrier()
        try expect(common[12], 77, "what is common")
        for (rank, segment) in memory.segments.enumerated() {
            let bytes = UnsafeRawBufferPointer(start: segment, count: 10_000)
            try expect(bytes.elementsEqual(pattern(10_000, from: rank, tag: 7)), true, "the bytes of rank \(rank)")
        }
        // nobody lets go of the memory while another reads
        try communicator.barrier()
    }

    private static func releasedMemoryIsZero(_ communicator: any Communicator) throws {
        guard let memory = try SharedMemory.make(over: communicator, bytesPerRank: 40_000) else {
            throw ContractViolation(description: "there is no shared memory on this host")
        }
        let own = UnsafeMutableRawBufferPointer(start: memory.segments[communicator.rank], count: 40_000)
        own.copyBytes(from: pattern(40_000, from: communicator.rank, tag: 3))
        try communicator.barrier()
        // whole pages of 4096 bytes only: the third to the eighth
        SharedMemory.release(memory.segments[communicator.rank] + 5000, bytes: 30_000)
        try communicator.barrier()
        for (rank, segment) in memory.segments.enumerated() {
            let bytes = UnsafeRawBufferPointer(start: segment, count: 40_000)
            let written = pattern(40_000, from: rank, tag: 3)
            try expect(bytes[8192..<32_768].allSatisfy { $0 == 0 }, true, "the bytes that rank \(rank) gave back")
            try expect(bytes[..<8192].elementsEqual(written[..<8192]), true, "the bytes before")
            try expect(bytes[32_768...].elementsEqual(written[32_768...]), true, "the bytes behind")
        }
        try communicator.barrier()
    }

    private static func sharedMemoryThatIsNotThere(_ communicator: any Communicator) throws {
        let memory = try SharedMemory.make(over: communicator, bytesPerRank: 1 << 46)
        try expect(memory == nil, true, "nothing is given")
    }
}
