/// What the indices along axes of some tensors stand for in the data: the tokens of a vocabulary, the classes, the columns.
///
/// A task states it, each checkpoint carries it, and `--init-from` maps the weights by these names instead of by index.
public struct AxisMeaning: Sendable, Equatable {
    /// What the indices are, such as `characters`, `classes` or `columns`: meanings of one name are compared by entries.
    public let name: String
    /// What each index stands for.
    public let entries: [Entry]
    /// The tensors and axes that are indexed so.
    public let places: [Place]

    /// One index of an axis.
    public struct Entry: Sendable, Equatable {
        /// The token, class or column.
        public let name: String
        /// How its values were standardized; nil where they are taken as they are.
        public let standardization: Standardization?

        /// An entry under a name.
        public init(_ name: String, _ standardization: Standardization? = nil) {
            (self.name, self.standardization) = (name, standardization)
        }
    }

    /// A value x is given to the model, or comes from it, as (x - mean) / deviation.
    public struct Standardization: Codable, Sendable, Equatable {
        /// The mean and the standard deviation, above 0.
        public let mean, deviation: Double

        /// This mean and deviation.
        public init(mean: Double, deviation: Double) { (self.mean, self.deviation) = (mean, deviation) }
    }

    /// An axis of a tensor.
    public struct Place: Sendable, Equatable {
        /// The name of the tensor, such as `tokens.weight`.
        public let tensor: String
        /// The number of the axis, from 0.
        public let axis: Int
        /// Where the axis is that of standardized inputs: the tensor that is added to the product, for another mean of the
        /// inputs. Where it is nil, the axis is one of outputs, or of what is not standardized.
        public let inputBias: String?
        /// Whether the elements are added to standardized outputs, so that another mean of the outputs changes them.
        public let isOutputBias: Bool

        /// The axis of a tensor.
        public init(_ tensor: String, axis: Int, inputBias: String? = nil, isOutputBias: Bool = false) {
            (self.tensor, self.axis) = (tensor, axis)
            (self.inputBias, self.isOutputBias) = (inputBias, isOutputBias)
        }
    }

    /// A meaning of this name.
    public init(_ name: String, _ entries: [Entry], at places: [Place]) {
        (self.name, self.entries, self.places) = (name, entries, places)
    }

    /// Entries that are not standardized.
    public init(_ name: String, _ entries: [String], at places: [Place]) {
        self.init(name, entries.map { Entry($0) }, at: places)
    }
}
