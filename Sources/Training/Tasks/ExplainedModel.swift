import Datasets
import Messages
public import Layers
public import TensorEngine

/// What is needed to explain the predictions of a saved run: the graph of its model, and how its inputs are read.
public struct ExplainedModel {
    /// The model, whose graph the first function describes.
    public let export: ModelExport
    /// The names of the outputs, such as classes; empty where they have none.
    public let outputNames: [String]
    /// The samples that are asked for, one by one.
    public let samples: (PredictionRequest) throws -> [ExplainedSample]

    /// The predictions of the first function of `export`; `samples` reads its inputs.
    public init(
        _ export: ModelExport, outputNames: [String],
        samples: @escaping (PredictionRequest) throws -> [ExplainedSample]
    ) {
        (self.export, self.outputNames, self.samples) = (export, outputNames, samples)
    }

    /// The first function that is explained.
    public var function: ExportedFunction { export.functions[0] }
}

/// A sample whose prediction is explained.
public struct ExplainedSample {
    /// What it is called, such as the number of a test image.
    public let name: String
    /// The inputs of the function for this sample alone: their first axis has size 1.
    public let arguments: [GraphArgument]
    /// What the elements of the first input are.
    public let parts: Parts

    /// What the elements of an input are.
    public enum Parts {
        /// Pixels [height, width, channels].
        case image(height: Int, width: Int, channels: Int)
        /// Named parts such as columns or tokens: the elements of each, and its value as text.
        case named([Part])
    }

    /// A column of a table, a token of a text, an element of an array.
    public struct Part {
        /// The name, and the value in this sample.
        public let name, value: String
        /// Its elements in the input.
        public let elements: Range<Int>

        /// A part of these elements.
        public init(name: String, value: String, elements: Range<Int>) {
            (self.name, self.value, self.elements) = (name, value, elements)
        }
    }

    /// A sample under a name.
    public init(name: String, arguments: [GraphArgument], parts: Parts) {
        (self.name, self.arguments, self.parts) = (name, arguments, parts)
    }

    /// An image [1, height, width, channels], or [1, height · width · channels] where the model takes vectors.
    public static func image(
        name: String, _ input: Tensor, height: Int, width: Int, channels: Int
    ) -> ExplainedSample {
        ExplainedSample(
            name: name, arguments: [.tensor(input)], parts: .image(height: height, width: width, channels: channels))
    }
}

extension ExplainedModel {
    /// The predictions for arrays in a `.npy` file, whose first axis runs over samples, in the shape of the exported
    /// function.
    init(_ export: ModelExport) {
        let input = export.functions[0].inputs[0]
        let known = try? export.metadata.value("class_names", as: [String].self)
        self.init(export, outputNames: known ?? []) { request in
            guard export.functions[0].inputs.count == 1, input.elements == .numbers else {
                throw NotExplainable(input: input.name)
            }
            guard let path = request.input else { throw NoArrays(input: input) }
            return try Self.samples(of: try NumberArray(path: path), input, path: path, request.testSamples)
        }
    }

    private static func samples(
        of array: NumberArray, _ input: GraphInput, path: String, _ numbers: [Int]
    ) throws -> [ExplainedSample] {
        let array = input.isImage ? try array.withChannelsLast() : array
        let fits =
            array.shape.count == input.shape.count
            && zip(array.shape, input.shape).dropFirst().allSatisfy { $1.size == nil || $0 == $1.size }
        guard fits, array.shape[0] > 0 else {
            throw DatasetError.unusable(
                path: path, found: "the shape (\(array.shape.listed()))",
                expected:
                    "(\(input.shape.listed()))\(input.isImage ? " with the channels in axis 1" : ""), as the model takes it"
            )
        }
        for number in numbers where !(0..<array.shape[0]).contains(number) {
            throw NoSuchImage(number: number, count: array.shape[0])
        }
        let shape = Shape([1] + array.shape.dropFirst())
        return (numbers.isEmpty ? Array(0..<array.shape[0]) : numbers).map { number in
            var values = [Double](repeating: 0, count: shape.count)
            values.withUnsafeMutableBufferPointer { array.copy(from: number * shape.count, to: $0) }
            let tensor = Tensor(values.map { Float($0) }, shape: shape)
            if input.isImage {
                return .image(name: "\(number)", tensor, height: shape[1], width: shape[2], channels: shape[3])
            }
            let parts = values.indices.map {
                ExplainedSample.Part(
                    name: "\(input.name)[\($0)]", value: "\(Float(values[$0]))", elements: $0..<($0 + 1))
            }
            return ExplainedSample(name: "\(number)", arguments: [.tensor(tensor)], parts: .named(parts))
        }
    }
}

/// No array was named.
struct NoArrays: Error, CustomStringConvertible {
    let input: GraphInput
    var description: String {
        "this model takes \(input.name) from a .npy file of the shape (\(input.shape.listed())); name one"
    }
}

/// The model's input is not one array of numbers, and its recipe reads no samples to explain.
struct NotExplainable: Error, CustomStringConvertible {
    let input: String
    var description: String {
        "cannot explain this model: its recipe reads no samples for the input \(input), which is not one array of numbers; give it the method makeExplanation"
    }
}

/// A recipe does not say how its predictions are explained.
struct NoExplanation: Error, CustomStringConvertible {
    let path, recipe: String
    var description: String {
        "cannot explain \(path): the recipe \(recipe) has no explanation of its predictions; give a recipe of your own the method makeExport or makeExplanation"
    }
}
