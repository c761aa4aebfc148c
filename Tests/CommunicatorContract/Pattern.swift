import Communication

/// Bytes that tell who made them, for whom, and for what; a byte in the wrong place is seen with certainty 255/256.
func pattern(_ count: Int, from source: Int, to destination: Int = 0, tag: Int = 0) -> [UInt8] {
    var state = UInt64(source + 1) << 40 ^ UInt64(destination + 1) << 20 ^ UInt64(tag + 1)
    return [UInt8](unsafeUninitializedCapacity: count) { bytes, initialized in
        for index in 0..<count {
            // Knuth's linear congruential generator; its upper bits are the good ones.
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            bytes.initializeElement(at: index, to: UInt8(truncatingIfNeeded: state >> 56))
        }
        initialized = count
    }
}

/// Messages to send and to receive, in buffers of their own.
struct Messages {
    private(set) var transfers: [Transfer] = []
    private var owned: [UnsafeMutableRawBufferPointer] = []

    mutating func send(_ bytes: [UInt8], to peer: Int, tag: Int) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        buffer.copyBytes(from: bytes)
        owned.append(buffer)
        transfers.append(.send(UnsafeRawBufferPointer(buffer), to: peer, tag: tag))
    }

    mutating func receive(_ count: Int, from peer: Int, tag: Int) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
        buffer.initializeMemory(as: UInt8.self, repeating: 0xEE)
        owned.append(buffer)
        transfers.append(.receive(buffer, from: peer, tag: tag))
    }

    /// Exchanges them and frees the buffers; returns what was received, in order.
    consuming func exchange(over communicator: any Communicator, isUrgent: Bool = true) throws -> [[UInt8]] {
        defer { owned.forEach { $0.deallocate() } }
        try communicator.exchange(transfers, pacing: Pacing(isUrgent: isUrgent))
        return transfers.compactMap { transfer in
            if case .receive(let buffer, _, _) = transfer { Array(buffer) } else { nil }
        }
    }
}
