public import Communication
import Foundation
import Kernels
import Machine

/// An examination of the hosts of all ranks, or of this host where there is one rank.
public struct Examination {
    private let request: DoctorRequest
    private let program: ProgramFacts
    private let probe: HostProbe
    private let threads: Int

    /// An examination of `program`, of which each rank would have `threads` threads.
    public init(_ request: DoctorRequest, of program: ProgramFacts, threads: Int, probe: HostProbe = .live) {
        (self.request, self.program, self.threads, self.probe) = (request, program, threads, probe)
    }

    /// What all hosts say of themselves, that of rank 0 first, with the clocks and links between them. *Collective.*
    public func hosts(over communicator: any Communicator) throws -> [HostFacts] {
        let names = try communicator.allGather(probe.hostName())
        let own = names[communicator.rank]
        let firsts = names.indices.filter { names.firstIndex(of: names[$0]) == $0 }
        var request = request
        let marker = communicator.rank == 0 ? Marker(in: request.runs) : nil
        request.marker = try communicator.share(from: 0) { () -> String? in marker?.path }
        let rank = HostFacts.Rank(
            rank: communicator.rank, processors: probe.processors().allowed, threads: threads,
            peak: request.measuresPeak ? CorePeak.measure() : nil)
        let ranks = try communicator.allGather(value: rank)
        var facts = firsts.contains(communicator.rank) ? HostFacts(probe, program, request) : nil
        facts?.ranks = ranks.filter { names[$0.rank] == own }
        try communicator.barrier()
        withExtendedLifetime(marker) {}
        if firsts.count > 1 {
            let clock = try communicator.clockOffset { UInt64(max(0, probe.now()) * 1e9) }
            facts?.clockOffset = Double(clock.nanoseconds) * 1e-9
            facts?.clockError = Double(clock.error) * 1e-9
            for peer in firsts.dropFirst() {
                let link = try Link.measure(over: communicator, from: 0, to: peer)
                if communicator.rank == peer {
                    facts?.linkBytesPerSecond = link?.bytesPerSecond
                    facts?.linkLatency = link?.latency
                }
            }
        }
        return try communicator.allGather(value: facts).compactMap { $0 }
    }

    /// What this host says of itself, as one line of JSON. *Local.*
    public func facts() throws -> String {
        var facts = HostFacts(probe, program, request)
        facts.ranks = [HostFacts.Rank(rank: 0, processors: probe.processors().allowed, threads: threads)]
        return String(decoding: try JSONEncoder().encode(facts), as: UTF8.self)
    }
}

/// A file in the folder of the runs, by which other hosts find out whether they share it; removed with the last reference.
final class Marker {
    let path: String

    /// Makes the file; nil where it cannot be made.
    init?(in folder: String) {
        var folder = URL(filePath: folder).standardizedFileURL
        while folder.path != "/", access(folder.path, F_OK) != 0 { folder.deleteLastPathComponent() }
        path = folder.appending(path: ".lockstep-doctor-\(getpid())-\(UInt32.random(in: 0...UInt32.max))").path
        let file = FileDescriptor(owning: open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600))
        guard file != nil else { return nil }
    }

    deinit { unlink(path) }
}

/// How fast two ranks exchange data.
struct Link {
    let bytesPerSecond, latency: Double

    /// Exchanges 8 MB in both directions at once, and 200 short messages. *Collective*: ranks other than the two do
    /// nothing, and get nil.
    static func measure(over communicator: any Communicator, from first: Int, to second: Int) throws -> Link? {
        guard [first, second].contains(communicator.rank) else { return nil }
        let peer = communicator.rank == first ? second : first
        let out = [UInt8](repeating: 1, count: 8 << 20)
        var into = [UInt8](repeating: 0, count: out.count)
        func exchange(_ count: Int) throws {
            try out.withUnsafeBytes { out in
                try into.withUnsafeMutableBytes { into in
                    try communicator.exchange([
                        .send(UnsafeRawBufferPointer(rebasing: out.prefix(count)), to: peer, tag: 0),
                        .receive(UnsafeMutableRawBufferPointer(rebasing: into.prefix(count)), from: peer, tag: 0),
                    ])
                }
            }
        }
        // the first of each size sets connections and buffers up
        try exchange(out.count)
        var stopwatch = Stopwatch()
        for _ in 0..<4 { try exchange(out.count) }
        let rate = 4 * Double(out.count) / (stopwatch.lap() * 1e-3)
        for _ in 0..<200 { try exchange(4) }
        return Link(bytesPerSecond: rate, latency: stopwatch.lap() * 1e-3 / 200)
    }
}

/// How fast a rank multiplies matrices.
enum CorePeak {
    /// GFLOP/s of the fastest of the products of 384 × 384 matrices in a fifth of a second.
    static func measure() -> Double {
        let size = 384
        let product = MatrixProduct(rows: size, columns: size, inner: size)
        let (a, b) = (Buffer(repeating: 1, count: size * size), Buffer(repeating: 1, count: size * size))
        let out = Buffer(count: size * size)
        var (total, least) = (Stopwatch(), Double.infinity)
        product.compute(a.pointer, b.pointer, into: out.pointer)
        var elapsed = 0.0
        while elapsed < 200 {
            var stopwatch = Stopwatch()
            product.compute(a.pointer, b.pointer, into: out.pointer)
            least = min(least, stopwatch.lap())
            elapsed += total.lap()
        }
        return 2 * Double(size * size * size) / least * 1e-6
    }
}
