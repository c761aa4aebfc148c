import Communication
import Probability
import RunRecords

/// What a rank has counted of the samples that it has classified. All scores follow from counts of whole numbers and from the
/// order of probabilities, so that they are the same on any number of ranks.
package struct ClassificationCounts {
    private var classes = 0
    /// By true class and prediction.
    private var confusion: [[Int]: Int] = [:]
    /// How many samples have each rank of the true class.
    private var ranks: [Int: Int] = [:]
    /// Of each interval of confidence the predictions, the right ones, and the sum of confidences in units of 2⁻³²: of whole
    /// numbers, so that the order of adding does not matter.
    private var reliability = [Int64](repeating: 0, count: 3 * ReliabilityDiagram.usualBins)
    private var labels: [Int32] = []
    private var probabilities: [Float] = []
    private let samples, mostProbabilities: Int

    /// The most probabilities, samples times classes, whose order is examined at each evaluation of a run, and in a thorough
    /// one: they are brought together on every rank.
    package static let (mostInTraining, mostThoroughly) = (1 << 20, 1 << 26)

    /// Nothing yet, of an evaluation of `samples` on all ranks.
    init(samples: Int, thoroughly: Bool) {
        self.samples = samples
        mostProbabilities = thoroughly ? Self.mostThoroughly : Self.mostInTraining
    }

    /// Counts a block.
    mutating func add(_ block: ClassifiedSamples) {
        classes = block.classes
        for (label, prediction) in zip(block.labels, block.predictions) {
            confusion[[Int(label), Int(prediction)], default: 0] += 1
        }
        for rank in block.ranks { ranks[Int(rank), default: 0] += 1 }
        addConfidences(of: block)
        guard isRanked(classes) else { return }
        labels += block.labels
        probabilities += block.probabilities
    }

    private mutating func addConfidences(of block: ClassifiedSamples) {
        for (row, prediction) in block.predictions.enumerated() where prediction >= 0 {
            // softmax in Float32 may be above 1
            let confidence = min(1, Double(block.probabilities[row * block.classes + Int(prediction)]))
            let bin = ReliabilityDiagram.bin(of: confidence)
            reliability[3 * bin] += 1
            reliability[3 * bin + 1] += block.labels[row] == prediction ? 1 : 0
            reliability[3 * bin + 2] += Int64((confidence * 0x1p32).rounded())
        }
    }

    private func isRanked(_ classes: Int) -> Bool {
        let (count, overflows) = samples.multipliedReportingOverflow(by: classes)
        return !overflows && count <= mostProbabilities
    }

    /// The scores over the samples of all ranks; nil where nothing was classified. *Collective.*
    func report(over communicator: any Communicator) throws -> ClassificationReport? {
        let own = [Int64(classes)] + reliability + confusion.flatMap { [Int64($0[0]), Int64($0[1]), Int64($1)] }
        let all: [[Int64]] = try communicator.gathered(own)
        guard let classes = all.map({ Int($0[0]) }).max(), classes > 0 else { return nil }
        var confusion: [[Int]: Int] = [:]
        var sums = [Int64](repeating: 0, count: reliability.count)
        for rank in all {
            for index in sums.indices { sums[index] += rank[1 + index] }
            for start in stride(from: 1 + sums.count, to: rank.count, by: 3) {
                confusion[[Int(rank[start]), Int(rank[start + 1])], default: 0] += Int(rank[start + 2])
            }
        }
        var ranks = [Int](repeating: 0, count: classes + 1)
        let ownRanks = self.ranks.flatMap { [Int64($0), Int64($1)] }
        for rank in try communicator.gathered(ownRanks) {
            for start in stride(from: 0, to: rank.count, by: 2) { ranks[Int(rank[start])] += Int(rank[start + 1]) }
        }
        let rankings = isRanked(classes) ? try rankings(classes, over: communicator) : nil
        let bins = stride(from: 0, to: sums.count, by: 3).map { start in
            CalibrationReport.Bin(
                count: Int(sums[start]), correct: Int(sums[start + 1]),
                confidence: sums[start] > 0 ? Double(sums[start + 2]) * 0x1p-32 / Double(sums[start]) : 0)
        }
        return ClassificationReport(
            classes: classes, counts: confusion, ranks: ranks, rankings: rankings, reliability: bins)
    }

    /// The scores of each class by the order of its probabilities, each computed by one rank. *Collective.*
    private func rankings(_ classes: Int, over communicator: any Communicator) throws -> [(
        area: Double?, precision: Double
    )] {
        let labels = try communicator.gathered(self.labels).joined()
        let allLabels = Array(labels)
        let probabilities = try communicator.gathered(self.probabilities)
        var own: [Double] = []
        for label in stride(from: communicator.rank, to: classes, by: communicator.size) {
            let scores = probabilities.flatMap { rank in
                stride(from: label, to: rank.count, by: classes).map { rank[$0] }
            }
            let ranking = BinaryRanking(scores, isPositive: allLabels.map { Int($0) == label })
            own += [Double(label), ranking.area ?? .nan, ranking.averagePrecision]
        }
        var rankings = [(area: Double?, precision: Double)](repeating: (nil, 0), count: classes)
        for rank in try communicator.allGather(own) {
            for start in stride(from: 0, to: rank.count, by: 3) {
                rankings[Int(rank[start])] = (rank[start + 1].isNaN ? nil : rank[start + 1], rank[start + 2])
            }
        }
        return rankings
    }
}

extension Communicator {
    /// The numbers of each rank, as many as it has. *Collective.*
    func gathered<Number: BitwiseCopyable>(_ values: [Number]) throws -> [[Number]] {
        try allGather(values.withUnsafeBytes { Array($0) }).map { bytes in
            bytes.withUnsafeBytes { bytes in
                stride(from: 0, to: bytes.count, by: MemoryLayout<Number>.stride).map {
                    bytes.loadUnaligned(fromByteOffset: $0, as: Number.self)
                }
            }
        }
    }
}
