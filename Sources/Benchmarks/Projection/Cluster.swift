import Foundation

/// Equal hosts on one network, as a projection sees them. Times in seconds, sizes in bytes.
public struct Cluster: Codable, Sendable, Equatable {
    /// Ranks on each host.
    public var ranksPerHost: Int
    /// Bytes per second that a host's link carries, each way at the same time.
    public var bandwidth: Double
    /// From the end of sending a message's last byte to its arrival.
    public var latency: Double
    /// What a host spends on each message before the next one can leave (the gap of LogP).
    public var overhead: Double
    /// How long the ranks of a host take to sum gradients in the memory that they share.
    public var hostReduction: HostReduction
    /// Bytes per second that a host sums of what it has received.
    public var summingRate: Double
    /// Bytes per second that a rank's core sends, and receives at the same time, when it does nothing else: what
    /// moves while it computes takes that time from computing. Nil if it takes nothing.
    public var movingRate: Double?

    /// A cluster.
    public init(
        ranksPerHost: Int, bandwidth: Double, latency: Double, overhead: Double, hostReduction: HostReduction,
        summingRate: Double, movingRate: Double? = nil
    ) {
        (self.ranksPerHost, self.bandwidth, self.latency) = (ranksPerHost, bandwidth, latency)
        (self.overhead, self.hostReduction, self.summingRate) = (overhead, hostReduction, summingRate)
        self.movingRate = movingRate
    }

    /// The time of sums within a host by their size.
    public struct HostReduction: Codable, Sendable, Equatable {
        /// Sizes in bytes with their times in seconds, in rising order of the sizes, at least one.
        let points: [[Double]]

        /// In proportion to the size.
        public init(bytesPerSecond: Double) { points = [[bytesPerSecond, 1]] }

        /// As measured by `benchmark allreduce` through shared memory; nil if it has not measured that.
        public init?(_ benchmark: AllreduceBenchmark) {
            let rows = benchmark.rows.filter { $0.path == "shared_memory" }.sorted { $0.bytes < $1.bytes }
            guard !rows.isEmpty else { return nil }
            points = rows.map { [Double($0.bytes), $0.milliseconds * 1e-3] }
        }

        /// Between two measured sizes on the straight line through them, beyond the last in proportion; below the
        /// first as that.
        func time(_ bytes: Double) -> Double {
            guard let next = points.firstIndex(where: { $0[0] >= bytes }) else {
                return points[points.count - 1][1] * bytes / points[points.count - 1][0]
            }
            guard next > 0 else { return points.count == 1 ? points[0][1] * bytes / points[0][0] : points[0][1] }
            let (low, high) = (points[next - 1], points[next])
            return low[1] + (high[1] - low[1]) * (bytes - low[0]) / (high[0] - low[0])
        }
    }

    /// The sum of a bucket over the ranks of a host.
    func timeWithinHost(_ bytes: Double) -> Double { ranksPerHost > 1 ? hostReduction.time(bytes) : 0 }

    /// The sum of a bucket between `hosts` hosts, of which each sums one slice: all send all others their part of the
    /// others' slices, and then all others the sum of their own. Each time H−1 messages of 1/H of the bucket leave a
    /// host one after the other, by the model LogGP (Alexandrov and others, 1995):
    ///
    ///     2 · ((H−1) · max(overhead, bytes/H/bandwidth) + latency) + bytes/summingRate
    func networkTime(_ bytes: Double, hosts: Int) -> Double {
        guard hosts > 1 else { return 0 }
        let message = max(overhead, bytes / Double(hosts) / bandwidth)
        return 2 * (Double(hosts - 1) * message + latency) + bytes / summingRate
    }

    /// The exchange of numbers of which each rank has its part, and all have all of them at the end (all-gather):
    /// `bytes` of samples, and on R = H · ranksPerHost ranks 24 more for each, the counts of two all-gathers and a
    /// request to stop.
    ///
    /// Counts and numbers, twice: 4 collectives, each in ⌈log₂ R⌉ rounds of messages (Bruck's algorithm: Thakur,
    /// Rabenseifner, Gropp, "Optimization of collective communication operations in MPICH", 2005), and every rank gets
    /// over its host's link what the ranks of other hosts have:
    ///
    ///     4 · ⌈log₂ R⌉ · (latency + overhead) + ranksPerHost · (bytes + 24 · R) · (H−1)/H / bandwidth
    ///
    /// On one host it takes no time.
    func exchangeTime(_ bytes: Double, hosts: Int) -> Double {
        guard hosts > 1 else { return 0 }
        let ranks = Double(hosts * ranksPerHost)
        let received = (bytes + 24 * ranks) * Double(hosts - 1) / Double(hosts)
        return 4 * log2(ranks).rounded(.up) * (latency + overhead) + Double(ranksPerHost) * received / bandwidth
    }

    /// What a rank spends on moving `bytes` of gradients between `hosts` hosts: each sends and receives 2(H−1)/H of
    /// them, and its ranks take turns.
    func movingTime(_ bytes: Double, hosts: Int) -> Double {
        let moved = bytes * 2 * Double(hosts - 1) / Double(hosts)
        return movingRate.map { moved / $0 / Double(ranksPerHost) } ?? 0
    }
}
