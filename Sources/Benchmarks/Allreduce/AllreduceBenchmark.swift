public import Communication
public import DataParallel
import Dispatch
import Kernels
import Machine

/// How fast gradients are summed over all ranks: each of our paths, beside another sum, over a range of sizes.
///
/// The gradients lie where training puts them, as one bucket, and stay there: nothing else is copied. Before each
/// measurement every rank writes its gradients anew, as the backward pass does; that is not counted. What is compared takes
/// turns within a round. A time is that of the slowest rank; sums are checked once for each size.
public struct AllreduceBenchmark: Codable, Sendable, Equatable {
    /// One way to sum, at one size.
    public struct Row: Codable, Sendable, Equatable {
        /// The bytes of each rank's gradients.
        public let bytes: Int
        /// The path, as in `communication.path`, or the name of the other sum.
        public let path: String
        /// The median time, in milliseconds.
        public let milliseconds: Double
        /// The least time, in milliseconds.
        public let leastMilliseconds: Double
        /// Algorithm bandwidth: bytes over time, in 10⁹ bytes per second.
        public let algorithmBandwidth: Double
        /// Bus bandwidth: that times 2(n−1)/n, what each rank of n must at least send in that time.
        public let busBandwidth: Double
        /// Algorithm bandwidth as a part of memcpy's, measured in the same rounds by all ranks at once.
        public let shareOfCopy: Double
        /// Algorithm bandwidth over that of the other sum; nil where there is none.
        public let ratio: Double?
    }

    /// The ranks, and the hosts that they run on.
    public let ranks, hosts: Int
    /// What the paths are compared with, such as `MPI_Allreduce`; nil where there is nothing.
    public let reference: String?
    /// In the order of the sizes.
    public let rows: [Row]
    /// The paths that are not possible here, with the reason.
    public let leftOut: [String: String]

    /// Another way to sum values over all ranks, in place.
    public struct Reference {
        let name: String
        let sum: (UnsafeMutableBufferPointer<Float>) throws -> Void

        /// The sum called `name`.
        public init(name: String, sum: @escaping (UnsafeMutableBufferPointer<Float>) throws -> Void) {
            (self.name, self.sum) = (name, sum)
        }
    }

    /// What is measured.
    public struct Plan: Sendable {
        /// The bytes of each rank's gradients.
        public var sizes: [Int]
        /// About how long each size takes.
        public var seconds: Double
        /// The size of the buckets; all in one when nil.
        public var bucketBytes: Int?
        /// How many ranks count as those of one host; 0: all that are on it.
        public var ranksPerHost = 0
        /// The paths that are measured, where they are possible.
        public var paths = ReductionPath.allCases.filter { $0 != .automatic }

        /// These sizes, for `seconds` each.
        public init(sizes: [Int], seconds: Double, bucketBytes: Int? = nil) {
            (self.sizes, self.seconds, self.bucketBytes) = (sizes, seconds, bucketBytes)
        }
    }

    /// Measures. *Collective.*
    /// - Parameters:
    ///   - host: the name of this rank's host.
    ///   - each: told of each row as it is known, on every rank.
    public static func run(
        _ plan: Plan, against reference: Reference? = nil, over communicator: any Communicator, host: String,
        each: (Row) -> Void = { _ in }
    ) throws -> AllreduceBenchmark {
        let names = try communicator.allGather(host)
        let hosts = HostMap(names: names, ranksPerHost: plan.ranksPerHost)
        try communicator.agree {
            if let excess = plan.excess(ranks: names.filter { $0 == host }.count, available: MemoryLimit.available()) {
                throw excess
            }
        }
        var rows: [Row] = []
        var leftOut: [String: String] = [:]
        for bytes in plan.sizes {
            var round = try AllreduceRound(elements: max(1, bytes / 4), communicator: communicator)
            for path in plan.paths where leftOut[path.rawValue] == nil {
                do {
                    let probe = try ReductionProbe(
                        path, elements: round.elements, bucketBytes: plan.bucketBytes, hosts: hosts,
                        communicator: communicator)
                    guard probe.path == path else {
                        leftOut[path.rawValue] = "with these ranks on these hosts it is \(probe.path.rawValue)"
                        continue
                    }
                    round.add(path.rawValue, values: probe.gradients, sums: probe.sums) { try probe.reduce() }
                } catch let error as NoSharedMemory {
                    // thrown on every rank
                    leftOut[path.rawValue] = "\(error)"
                }
            }
            if let reference { round.add(reference) }
            let times = try round.run(seconds: plan.seconds)
            let new = Row.rows(times, bytes: round.elements * 4, ranks: communicator.size, reference: reference?.name)
            rows += new
            new.forEach(each)
        }
        return AllreduceBenchmark(
            ranks: communicator.size, hosts: hosts.count, reference: reference?.name, rows: rows, leftOut: leftOut)
    }
}

extension AllreduceBenchmark.Row {
    /// The rows of one size, from the times of each way in milliseconds, one of which is the copy.
    static func rows(
        _ times: [(name: String, milliseconds: [Double])], bytes: Int, ranks: Int, reference: String?
    ) -> [AllreduceBenchmark.Row] {
        func median(_ name: String?) -> Double? {
            times.first { $0.name == name }.map { $0.milliseconds.sorted()[$0.milliseconds.count / 2] }
        }
        let copy = median(AllreduceRound.copy) ?? .infinity
        let referenceTime = median(reference)
        return times.filter { $0.name != AllreduceRound.copy }.compactMap { name, milliseconds in
            guard let time = median(name), let least = milliseconds.min() else { return nil }
            let bandwidth = Double(bytes) / time * 1e-6
            return AllreduceBenchmark.Row(
                bytes: bytes, path: name, milliseconds: time, leastMilliseconds: least, algorithmBandwidth: bandwidth,
                busBandwidth: bandwidth * 2 * Double(ranks - 1) / Double(ranks), shareOfCopy: copy / time,
                ratio: referenceTime.map { $0 / time })
        }
    }
}
