import Communication

/// A communicator with one fault.
struct Faulty: Communicator {
    enum Fault {
        case gathersOwnBytesOnly, broadcastsNothing, barrierHoldsNobody, swapsMessages, ignoresKey
    }

    private let sound: any Communicator
    private let fault: Fault

    init(_ sound: any Communicator, _ fault: Fault) {
        self.sound = sound
        self.fault = fault
    }

    var rank: Int { sound.rank }
    var size: Int { sound.size }

    func exchange(_ transfers: [Transfer], pacing: Pacing) throws {
        var transfers = transfers
        let sends = transfers.indices.filter { if case .send = transfers[$0] { true } else { false } }
        if fault == .swapsMessages, sends.count > 1 { transfers.swapAt(sends[0], sends[1]) }
        try sound.exchange(transfers, pacing: pacing)
    }

    func broadcast(_ bytes: UnsafeMutableRawBufferPointer, from root: Int) throws {
        if fault != .broadcastsNothing { try sound.broadcast(bytes, from: root) }
    }

    func allGather(_ bytes: [UInt8]) throws -> [[UInt8]] {
        fault == .gathersOwnBytesOnly ? Array(repeating: bytes, count: size) : try sound.allGather(bytes)
    }

    func barrier() throws {
        if fault != .barrierHoldsNobody { try sound.barrier() }
    }

    func split(color: Int?, key: Int) throws -> (any Communicator)? {
        try sound.split(color: color, key: fault == .ignoresKey ? 0 : key)
    }
}
