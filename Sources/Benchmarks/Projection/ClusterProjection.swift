/// How long training steps take on a cluster that is not there: measured computing, the measured plan of buckets, and
/// a model of the reduction.
///
/// Where ranks exchange numbers in place of gradients, as evolution strategies do, a step of B samples on R ranks takes
///
///     fixed + perSample · ⌈B/R⌉ + exchangeTime(exchangedPerSample · B) + update + updatePerSample · B
///
/// since every rank rebuilds the update from the numbers of all samples: in strong scaling a constant, in weak scaling
/// a cost that grows with the ranks. Nothing of the exchange is hidden.
public struct ClusterProjection: Codable, Sendable, Equatable {
    /// One step on some hosts, in milliseconds.
    public struct Step: Codable, Sendable, Equatable {
        /// Samples of each rank; of unequal ranks the most.
        public let samplesPerRank: Int
        /// Samples over all ranks.
        public let globalBatch: Int
        /// Computing on one rank, with what it loses to moving gradients.
        public let computing: Double
        /// The whole reduction, hidden or not.
        public let communication: Double
        /// The part that is not hidden by the backward pass.
        public let exposed: Double
        /// The step.
        public let step: Double
        /// The step, with the wait for the slowest rank when each varies as it did where it was measured.
        public let stepWithVariation: Double
        /// The throughput over that of one rank, over the number of ranks.
        public let efficiency: Double
        /// The same with that wait.
        public let efficiencyWithVariation: Double
    }

    /// Training on some hosts.
    public struct Row: Codable, Sendable, Equatable {
        /// Hosts, and the ranks on all of them.
        public let hosts, ranks: Int
        /// Each rank's batch stays.
        public let weak: Step
        /// The global batch stays; nil if there are more ranks than samples.
        public let strong: Step?
    }

    /// What a rank computes.
    public let cost: ComputeCost
    /// Where.
    public let cluster: Cluster
    /// Samples of each rank in weak scaling, and of all in strong scaling.
    public let weakSamples, strongBatch: Int
    /// By hosts.
    public let rows: [Row]

    /// Projects training to each number of `hosts`.
    public init(_ cost: ComputeCost, on cluster: Cluster, hosts: [Int], weakSamples: Int, strongBatch: Int) {
        (self.cost, self.cluster, self.weakSamples, self.strongBatch) = (cost, cluster, weakSamples, strongBatch)
        rows = hosts.map { hosts in
            let ranks = hosts * cluster.ranksPerHost
            // What one rank alone takes: for its samples; for all samples, of which each rank should have its part.
            let alone = cost.passes(Double(strongBatch)) + cost.update(Double(strongBatch))
            return Row(
                hosts: hosts, ranks: ranks,
                weak: Step(
                    cost, cluster, hosts: hosts, samples: weakSamples, globalBatch: weakSamples * ranks,
                    ideal: cost.passes(Double(weakSamples)) + cost.update(Double(weakSamples))),
                strong: ranks > strongBatch
                    ? nil
                    : Step(
                        cost, cluster, hosts: hosts, samples: (strongBatch + ranks - 1) / ranks,
                        globalBatch: strongBatch, ideal: alone / Double(ranks)))
        }
    }

    /// When the sums of all buckets are there, in seconds from the begin of a backward pass of `backward` seconds.
    ///
    /// Two stages, each of which takes the buckets in order: the ranks of a host sum in shared memory, then the hosts
    /// among themselves.
    static func end(_ buckets: [ComputeCost.Bucket], backward: Double, _ cluster: Cluster, hosts: Int) -> Double {
        var (within, between) = (0.0, 0.0)
        for bucket in buckets {
            within = max(within, bucket.readiness * backward) + cluster.timeWithinHost(bucket.bytes)
            between = max(between, within) + cluster.networkTime(bucket.bytes, hosts: hosts)
        }
        return between
    }
}

extension ClusterProjection.Step {
    /// - Parameter ideal: the seconds that a step would take if ranks cost nothing.
    fileprivate init(
        _ cost: ComputeCost, _ cluster: Cluster, hosts: Int, samples: Int, globalBatch: Int, ideal: Double
    ) {
        let ranks = hosts * cluster.ranksPerHost
        let passes = cost.passes(Double(samples))
        let backward = passes * cost.backwardShare
        let exchange = cost.exchangedPerSample.map { cluster.exchangeTime($0 * Double(globalBatch), hosts: hosts) } ?? 0
        let communication = cost.buckets.reduce(exchange) {
            $0 + cluster.timeWithinHost($1.bytes) + cluster.networkTime($1.bytes, hosts: hosts)
        }
        func exposed(_ backward: Double) -> Double {
            exchange + max(0, ClusterProjection.end(cost.buckets, backward: backward, cluster, hosts: hosts) - backward)
        }
        // What is hidden makes the backward pass longer, by as much of the moving.
        let hidden = communication > 0 ? max(0, 1 - exposed(backward) / communication) : 0
        let moving = hidden * cluster.movingTime(cost.buckets.reduce(0) { $0 + $1.bytes }, hosts: hosts)
        let (work, exposed) = (passes + moving + cost.update(Double(globalBatch)), exposed(backward + moving))
        let late = (cost.slowest(of: ranks) - cost.slowest(of: 1)) * work
        self.init(
            samplesPerRank: samples, globalBatch: globalBatch, computing: work * 1e3,
            communication: communication * 1e3, exposed: exposed * 1e3, step: (work + exposed) * 1e3,
            stepWithVariation: (work + exposed + late) * 1e3, efficiency: ideal / (work + exposed),
            efficiencyWithVariation: ideal / (work + exposed + late))
    }
}
