import Datasets
import Layers
import TensorEngine
public import Settings
public import Training

extension VAERecipe {
    /// The encoder and the decoder.
    public func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport? {
        Autoencoder(.variational, settings, try ImageSize(preparation)).export
    }
}

extension AutoencoderRecipe {
    /// The encoder and the decoder.
    public func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport? {
        Autoencoder(try model(settings), settings, try ImageSize(preparation)).export
    }
}

extension Autoencoder {
    /// The encoder and the decoder.
    fileprivate var export: ModelExport {
        let images = GraphInput.numbers("images", ["batch", .fixed(size.count)])
        let codes = GraphInput.numbers("codes", ["batch", .fixed(codeSize)])
        return ModelExport(
            self, "\(summary) for images of \(size.height)×\(size.width) pixels",
            functions: [
                ExportedFunction(
                    "encoder", "from images to codes", inputs: [images],
                    outputs: kind == .variational ? ["codes", "log_variances"] : ["codes"],
                    describe: { try describeEncoder($0[0], in: $1) }, compute: { encoded($0[0].tensor) }),
                ExportedFunction(
                    "decoder", "from codes to images", inputs: [codes], outputs: ["images"],
                    describe: { [try describeDecoder($0[0], in: $1)] }, compute: { [self.images(of: $0[0].tensor)] }),
            ], metadata: ["normalization": LearnedImages.normalization(.unit), "image": "\(size.height)×\(size.width)"])
    }
}
