/// How large each parameter's gradient and update were in one step, beside the parameter: Euclidean norms.
public struct DiagnosisReport: Codable, Sendable, Equatable {
    /// The norms of one parameter.
    public struct Layer: Codable, Sendable, Equatable {
        /// Its name, such as `layers.0.weight`.
        public var name: String
        /// That of the mean gradient over the global batch, summed over all ranks, before clipping.
        public var gradientNorm: Double
        /// That of the parameter before the update.
        public var weightNorm: Double
        /// That of its change.
        public var updateNorm: Double

        /// The gradient's norm as a part of the weights'.
        package var relativeGradient: Double { gradientNorm / weightNorm }

        /// These norms.
        public init(name: String, gradientNorm: Double, weightNorm: Double, updateNorm: Double) {
            (self.name, self.gradientNorm) = (name, gradientNorm)
            (self.weightNorm, self.updateNorm) = (weightNorm, updateNorm)
        }

        private enum CodingKeys: String, CodingKey {
            case name
            case gradientNorm = "gradient_norm"
            case weightNorm = "weight_norm"
            case updateNorm = "update_norm"
        }
    }

    /// Optimizer steps done, this one included.
    public var step: Int
    /// The epoch of the step, counted from 1.
    public var epoch: Int
    /// The parameters, in the order of the model.
    public var layers: [Layer]
    /// Warnings; each finding is in the first report that has it.
    public var warnings: [String]

    /// The norms after step `step`.
    public init(step: Int, epoch: Int, layers: [Layer], warnings: [String] = []) {
        (self.step, self.epoch, self.layers, self.warnings) = (step, epoch, layers, warnings)
    }
}
