/// The measurements of a scaling benchmark.
public struct ScalingPlan: Sendable, Equatable {
    /// Strong or weak scaling.
    public enum Mode: String, Codable, Sendable, CaseIterable {
        /// Strong scaling: the global batch is fixed, and each rank has less to do.
        case strong
        /// Weak scaling: the batch of each rank is fixed, and the global batch grows.
        case weak
    }

    /// One measurement of training steps.
    public struct Measurement: Sendable, Hashable {
        /// How many processes there are.
        public let ranks: Int
        /// The global batch; of independent processes, that of each.
        public let globalBatch: Int
        /// Whether the processes train independently at the same time, without communication.
        public let isIndependent: Bool

        /// A measurement.
        public init(ranks: Int, globalBatch: Int, isIndependent: Bool) {
            (self.ranks, self.globalBatch, self.isIndependent) = (ranks, globalBatch, isIndependent)
        }
    }

    /// One row of the result.
    struct Row: Equatable {
        let mode: Mode
        let training: Measurement
        /// As many independent processes with the part of one rank each.
        let bound: Measurement
    }

    let rows: [Row]

    /// Trainings on each of `ranks`.
    /// - Parameters:
    ///   - modes: in which ways the work grows.
    ///   - strongBatch: the global batch in strong scaling.
    ///   - weakBatch: the batch of each rank in weak scaling.
    public init(ranks: [Int], modes: [Mode], strongBatch: Int, weakBatch: Int) {
        let ranks = Array(Set(ranks)).sorted()
        rows = modes.flatMap { mode in
            ranks.map { count in
                let training = Measurement(
                    ranks: count, globalBatch: mode == .strong ? strongBatch : count * weakBatch, isIndependent: false)
                // the rank with most samples decides
                let part = mode == .strong ? (strongBatch + count - 1) / count : weakBatch
                return Row(
                    mode: mode, training: training,
                    bound: count == 1
                        ? training : Measurement(ranks: count, globalBatch: part, isIndependent: true))
            }
        }
    }

    /// All measurements, each once.
    var measurements: [Measurement] {
        var found: [Measurement] = []
        for row in rows {
            for measurement in [row.training, row.bound] where !found.contains(measurement) {
                found.append(measurement)
            }
        }
        return found
    }
}
