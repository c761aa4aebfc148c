import CKernels
public import Communication
package import Kernels
import TensorEngine

/// Shared memory with one copy of the weights and of the optimizer's state for all ranks of a host (ZeRO within each host).
///
/// Each rank changes its part of both, so that the work of the optimizer is done once for each host and not once for each rank;
/// nothing is sent for it. Between hosts `ZeroExchange` divides. Source: Rajbhandari, Rasley, Ruwase, He, "ZeRO: memory
/// optimizations toward training trillion parameter models", 2020 (the optimizer's states), within each host.
public final class HostMemory {
    private let communicator: any Communicator
    private let host: any Communicator
    /// The first rank of each host; nil on the others.
    private let leaders: (any Communicator)?
    private let counters: SharedMemory
    /// How many hosts there are, and with them copies of what lies here.
    public let hostCount: Int
    /// Whether this is the first rank of its host.
    public var isFirstOfHost: Bool { host.rank == 0 }
    private var barriers: UInt64 = 0
    /// Whether some buffer is not shared, since there was no memory for it.
    private var lacksMemory = false
    private var failure: (any Error)?

    /// The memory, or nil where no host has several ranks, or the ranks of a host don't share memory. *Collective.*
    public static func make(over communicator: any Communicator, hosts: HostMap) throws -> HostMemory? {
        guard hosts.count < communicator.size,
            let host = try communicator.split(color: hosts.hostOfRank[communicator.rank], key: communicator.rank)
        else { return nil }
        let leaders = try communicator.split(color: host.rank == 0 ? 0 : nil, key: communicator.rank)
        let counters = try SharedMemory.make(over: host, bytesPerRank: MemoryLayout<UInt64>.stride)
        let haveMemory = try communicator.all(counters != nil)
        guard let counters, haveMemory else { return nil }
        return HostMemory(communicator, host, leaders, counters, hostCount: hosts.count)
    }

    private init(
        _ communicator: any Communicator, _ host: any Communicator, _ leaders: (any Communicator)?,
        _ counters: SharedMemory, hostCount: Int
    ) {
        (self.communicator, self.host, self.leaders, self.counters) = (communicator, host, leaders, counters)
        self.hostCount = hostCount
    }

    /// Whether all buffers made so far, on all hosts, are shared. *Collective.*
    public func holdsAll() throws -> Bool {
        if let failure { throw failure }
        return try communicator.all(!lacksMemory)
    }

    /// Returns when all ranks of this host have called it: what one has written before, all read after. *Collective within the
    /// host.*
    public func barrier() throws {
        barriers += 1
        lockstep_store_release(counter(host.rank), barriers)
        for rank in 0..<host.size where rank != host.rank {
            try waitEagerly(for: communicator, ranks: host.size) { lockstep_load_acquire(counter(rank)) >= barriers }
        }
    }

    private func counter(_ rank: Int) -> UnsafeMutablePointer<UInt64> {
        counters.segments[rank].assumingMemoryBound(to: UInt64.self)
    }

    /// Gives every host what the first rank has in `buffers`, which were made in this memory. *Collective.*
    package func broadcast(_ buffers: [Buffer]) throws {
        try barrier()
        for buffer in buffers {
            try leaders?.broadcast(UnsafeMutableRawBufferPointer(buffer.elements), from: 0)
        }
        try barrier()
    }
}

extension HostMemory: ArenaMemory {
    /// A buffer of zeros that the ranks of the host share; or, where there is no memory for it, one of this rank's own:
    /// `holdsAll` tells. *Collective*, with the same count.
    package func makeBuffer(count: Int) -> Buffer { makeBuffer(count: count, parts: nil) }

    package func makeBuffer(count: Int, holding parts: [Range<Int>]) -> Buffer {
        makeBuffer(count: count, parts: parts)
    }

    private func makeBuffer(count: Int, parts: [Range<Int>]?) -> Buffer {
        do {
            let width = MemoryLayout<Float>.stride
            let parts = parts.map { $0.map { ($0.lowerBound * width)..<($0.upperBound * width) } }
            if let memory = try SharedMemory.make(
                over: host, bytesPerRank: 0, commonBytes: count * width, commonParts: parts)
            {
                return Buffer(memory.common.assumingMemoryBound(to: Float.self), count: count, owner: memory)
            }
        } catch {
            failure = failure ?? error
        }
        lacksMemory = true
        return Buffer(repeating: 0, count: count)
    }

    /// This rank's part.
    package func part(of count: Int) -> Range<Int> { slice(host.rank, of: host.size, in: 0..<count) }
}
