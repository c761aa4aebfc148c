import Datasets
import Layers
import TensorEngine
import Training

extension ExportedFunction {
    /// The function `model` of one tensor.
    init(
        _ summary: String, from input: GraphInput, to output: String,
        describe: @escaping (GraphValue, GraphBuilder) throws -> GraphValue, compute: @escaping (Tensor) -> Tensor
    ) {
        self.init(
            "model", summary, inputs: [input], outputs: [output], describe: { [try describe($0[0], $1)] },
            compute: { [compute($0[0].tensor)] })
    }
}

extension LearnedImages {
    /// The export of `network` as one function of the images.
    /// - Parameters:
    ///   - layout: `vectors` [n, height · width] or `images` [n, height, width, 1].
    ///   - hasClasses: whether the names of the classes go with it.
    func export(
        _ network: any Parameterized, _ summary: String, _ function: String, from layout: LabeledImages.Layout,
        to output: String, scale: PixelScale = .unit, hasClasses: Bool = true, metadata: [String: String] = [:],
        describe: @escaping (GraphValue, GraphBuilder) throws -> GraphValue, compute: @escaping (Tensor) -> Tensor
    ) throws -> ModelExport {
        let input: GraphInput =
            layout == .vectors
            ? .numbers("images", ["batch", .fixed(size.count)])
            : .images("images", ["batch", .fixed(size.height), .fixed(size.width), 1])
        var export = ModelExport(
            network, summary,
            functions: [ExportedFunction(function, from: input, to: output, describe: describe, compute: compute)],
            metadata: metadata)
        export.metadata["normalization"] = Self.normalization(scale)
        if hasClasses { try export.metadata.set("class_names", classes) }
        return export
    }
}
