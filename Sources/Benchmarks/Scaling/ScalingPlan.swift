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
        /// The global batch; of independent processes, that of each. nil for all samples.
        public let globalBatch: Int?
        /// Whether the processes train independently at the same time, without communication.
        public let isIndependent: Bool
        /// The logical shards of a process that trains by itself, or of all; nil for as many as the settings say.
        public var shards: Int?
        /// By rank, by which the shards are dealt; nil for equally many.
        public var speeds: [Int]?
        /// The setting that counts the samples, with its value here; nil where the global batch alone says how many.
        public var scaled: ScaledSetting?

        /// A measurement.
        public init(
            ranks: Int, globalBatch: Int?, isIndependent: Bool, shards: Int? = nil, speeds: [Int]? = nil,
            scaled: ScaledSetting? = nil
        ) {
            (self.ranks, self.globalBatch, self.isIndependent) = (ranks, globalBatch, isIndependent)
            (self.shards, self.speeds, self.scaled) = (shards, speeds, scaled)
        }
    }

    /// A setting that counts the samples of a step, such as `nuts.chains`, with a value.
    public struct ScaledSetting: Sendable, Hashable {
        /// Its dotted name.
        public let key: String
        /// Its value.
        public let value: Int

        /// `key` with `value`.
        public init(key: String, value: Int) { (self.key, self.value) = (key, value) }

        func times(_ factor: Int) -> ScaledSetting { ScaledSetting(key: key, value: value * factor) }

        /// The largest part of `count` ranks.
        func divided(by count: Int) -> ScaledSetting { ScaledSetting(key: key, value: (value + count - 1) / count) }
    }

    /// One row of the result.
    struct Row: Equatable {
        let mode: Mode
        let training: Measurement
        /// As many independent processes with the part of one rank each.
        let bound: Measurement
    }

    let rows: [Row]
    /// Whether trainings of several ranks are measured with shards by speed, too.
    let balances: Bool

    /// Trainings on each of `ranks`.
    /// - Parameters:
    ///   - modes: in which ways the work grows.
    ///   - strongBatch: the global batch in strong scaling; nil for all samples.
    ///   - weakBatch: the batch of each rank in weak scaling; nil for all samples.
    ///   - shards: the logical shards of each training, which are dealt to several ranks by their speed as well; nil
    ///     for none of that.
    ///   - scaled: the setting that counts the samples, with its value for one rank: it grows in weak scaling beside
    ///     the global batch; nil where the global batch alone does.
    public init(
        ranks: [Int], modes: [Mode], strongBatch: Int?, weakBatch: Int?, shards: Int? = nil,
        scaled: ScaledSetting? = nil
    ) {
        balances = shards != nil
        let ranks = Array(Set(ranks)).sorted()
        rows = modes.flatMap { mode in
            ranks.map { count in
                let training = Measurement(
                    ranks: count, globalBatch: mode == .strong ? strongBatch : weakBatch.map { count * $0 },
                    isIndependent: false, shards: shards, scaled: mode == .strong ? scaled : scaled?.times(count))
                // the rank with most samples decides
                let part = mode == .strong ? strongBatch.map { ($0 + count - 1) / count } : weakBatch
                let scaledPart = mode == .strong ? scaled?.divided(by: count) : scaled
                return Row(
                    mode: mode, training: training,
                    bound: count == 1
                        ? training
                        : Measurement(
                            ranks: count, globalBatch: part, isIndependent: true,
                            shards: shards.map { max(1, min(part ?? scaledPart?.value ?? $0, $0 / count)) },
                            scaled: scaledPart))
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
