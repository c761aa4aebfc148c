import Foundation
public import Diagnosis

/// What a rank computes in a step, from measurements: the model of a projection, without communication. Times in
/// seconds.
public struct ComputeCost: Codable, Sendable, Equatable {
    /// One bucket of gradients.
    public struct Bucket: Codable, Sendable, Equatable {
        /// Its size.
        public let bytes: Double
        /// How much of the backward pass has gone by when it is full, from 0 to 1.
        public let readiness: Double

        /// A bucket of `bytes`, full when this part of the backward pass has gone by.
        public init(bytes: Double, readiness: Double) { (self.bytes, self.readiness) = (bytes, readiness) }
    }

    /// Time of the forward and backward passes: `fixed + perSample · samples`.
    public let fixed, perSample: Double
    /// The part of it that is the backward pass.
    public let backwardShare: Double
    /// The optimizer and the rest of the step, whatever the batch.
    public let update: Double
    /// What the update takes beside that for each sample of the global batch, as that of an evolution strategy does:
    /// every rank rebuilds it from all members.
    public let updatePerSample: Double
    /// Bytes that the ranks exchange for each sample in place of gradients; nil where they reduce gradients.
    public let exchangedPerSample: Double?
    /// In the order in which they leave.
    public let buckets: [Bucket]
    /// How long the steps took where they were measured, over their mean.
    public let variation: [Double]
    /// The samples of a rank's step in the measurement with the most.
    public let samples: Int

    /// A cost of these parts.
    public init(
        fixed: Double, perSample: Double, backwardShare: Double, update: Double, buckets: [Bucket],
        variation: [Double] = [1], samples: Int, updatePerSample: Double = 0, exchangedPerSample: Double? = nil
    ) {
        (self.updatePerSample, self.exchangedPerSample) = (updatePerSample, exchangedPerSample)
        (self.fixed, self.perSample, self.backwardShare) = (fixed, perSample, backwardShare)
        (self.update, self.buckets, self.variation, self.samples) = (update, buckets, variation, samples)
    }

    /// The cost that fits measurements of one model: with batches of different sizes a line, with one size in
    /// proportion.
    ///
    /// Throws if there are none, or of different models.
    public init(_ measurements: [StepBenchmark]) throws {
        guard let largest = measurements.max(by: { Self.samples($0) < Self.samples($1) }) else {
            throw NoCost(reason: "no measurement of steps was given")
        }
        guard measurements.allSatisfy({ $0.parameters == largest.parameters }) else {
            throw NoCost(
                reason:
                    "the measurements are of different models, of \(measurements.map { "\($0.parameters)" }.joined(separator: ", ")) parameters"
            )
        }
        func median(_ benchmark: StepBenchmark, _ value: (RankSteps, Int) -> Double) -> Double {
            let all = benchmark.rankSteps.flatMap { rank in rank.milliseconds.indices.map { value(rank, $0) } }.sorted()
            return all.isEmpty ? 0 : all[all.count / 2] * 1e-3
        }
        let points = measurements.map { benchmark in
            (Double(Self.samples(benchmark)), median(benchmark) { $0.forward[$1] + $0.backward[$1] + $0.packing[$1] })
        }
        (fixed, perSample) = Self.line(points)
        let backward = median(largest) { $0.backward[$1] + $0.packing[$1] }
        backwardShare =
            backward / max(median(largest) { $0.forward[$1] + $0.backward[$1] + $0.packing[$1] }, .leastNormalMagnitude)
        func rest(_ benchmark: StepBenchmark) -> Double {
            median(benchmark) {
                $0.milliseconds[$1] - $0.data[$1] - $0.forward[$1] - $0.backward[$1] - $0.packing[$1]
                    - $0.exposedCommunication[$1]
            }
        }
        exchangedPerSample = largest.exchangedBytesPerSample.map { Double($0) }
        guard measurements.allSatisfy({ $0.exchangedBytesPerSample == largest.exchangedBytesPerSample }) else {
            throw NoCost(reason: "some of the measured recipes reduce gradients, and others do not")
        }
        (update, updatePerSample) =
            exchangedPerSample == nil
            ? (rest(largest), 0) : Self.line(measurements.map { (Double($0.globalBatch), rest($0)) })
        // what reduces no gradients has buckets that never leave
        buckets =
            exchangedPerSample != nil
            ? []
            : largest.buckets.map { bucket in
                Bucket(
                    bytes: Double(bucket.bytes),
                    readiness: min(max(0, 1 - bucket.lead * 1e-3 / max(backward, .leastNormalMagnitude)), 1))
            }
        variation = Self.variation(largest.rankSteps)
        samples = Self.samples(largest)
    }

    /// The samples of one rank's step; of unequal ranks the most.
    private static func samples(_ benchmark: StepBenchmark) -> Int {
        benchmark.isIndependent
            ? benchmark.globalBatch : (benchmark.globalBatch + benchmark.ranks - 1) / benchmark.ranks
    }

    /// The line through points by least squares, neither part of it below zero; through the origin when they have one
    /// x.
    static func line(_ points: [(x: Double, y: Double)]) -> (fixed: Double, slope: Double) {
        let count = Double(points.count)
        let (meanX, meanY) = (points.reduce(0) { $0 + $1.x } / count, points.reduce(0) { $0 + $1.y } / count)
        let square = points.reduce(0) { $0 + ($1.x - meanX) * ($1.x - meanX) }
        guard square > 0 else { return (0, meanY / max(meanX, .leastNormalMagnitude)) }
        let slope = max(0, points.reduce(0) { $0 + ($1.x - meanX) * ($1.y - meanY) } / square)
        let fixed = meanY - slope * meanX
        return fixed >= 0 ? (fixed, slope) : (0, meanY / meanX)
    }

    /// What each rank worked in each step, over the rank's mean.
    private static func variation(_ ranks: [RankSteps]) -> [Double] {
        ranks.flatMap { rank -> [Double] in
            let work = rank.milliseconds.indices.map {
                rank.milliseconds[$0] - rank.data[$0] - rank.exposedCommunication[$0]
            }
            let mean = work.reduce(0, +) / Double(max(1, work.count))
            return mean > 0 ? work.map { $0 / mean } : []
        }.sorted()
    }

    /// Forward and backward passes over `samples` samples.
    func passes(_ samples: Double) -> Double { fixed + perSample * samples }

    /// The update after a step of `samples` samples over all ranks, on each of them.
    func update(_ samples: Double) -> Double { update + updatePerSample * samples }

    /// How much longer than the mean the slowest of `ranks` ranks takes, when each varies by itself as it did where
    /// it was measured: the expected largest of that many draws, Σ x₍ᵢ₎ ((i/k)ⁿ − ((i−1)/k)ⁿ).
    func slowest(of ranks: Int) -> Double {
        let count = Double(variation.count)
        let (power, sorted) = (Double(ranks), variation.sorted())
        return sorted.enumerated().reduce(0) { sum, item in
            let place = Double(item.offset)
            return sum + item.element * (pow((place + 1) / count, power) - pow(place / count, power))
        }
    }
}

/// There is nothing to project from.
struct NoCost: Error, CustomStringConvertible {
    let reason: String
    var description: String { "cannot project: \(reason); give files of benchmark step --json" }
}
