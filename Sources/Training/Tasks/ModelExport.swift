public import Layers
public import TensorEngine

/// What `export` writes of a saved run: its model, and the functions that make it up.
public struct ModelExport {
    /// The model that the saved weights are loaded into.
    public let model: any Parameterized
    /// In one line, such as `perceptron of Fashion-MNIST`.
    public let summary: String
    /// The functions, such as the generator and the discriminator of a GAN; each becomes an ONNX file or a PyTorch class.
    public let functions: [ExportedFunction]
    /// What a user of the exported model must know: how inputs are normalized, the names of classes, the vocabulary.
    public var metadata: [String: String] = [:]

    /// The functions of a model.
    public init(
        _ model: any Parameterized, _ summary: String, functions: [ExportedFunction], metadata: [String: String] = [:]
    ) {
        (self.model, self.summary, self.functions, self.metadata) = (model, summary, functions, metadata)
    }
}

/// A recipe does not say how its model is exported.
struct NoExport: Error, CustomStringConvertible {
    let path, recipe: String
    var description: String {
        "cannot export \(path): the recipe \(recipe) has no export of its model; write the log with --format csv, or give a recipe of your own the method makeExport"
    }
}
