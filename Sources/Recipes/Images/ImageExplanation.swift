import Datasets
import Layers
import TensorEngine
public import Settings
public import Training

extension FashionMNISTRecipe {
    /// Explains images of a file in the IDX format, or test images by their numbers.
    public func makeExplanation(_ settings: Settings, preparation: Preparation?) throws -> ExplainedModel? {
        guard let export = try makeExport(settings, preparation: preparation) else { return nil }
        let schema = try ImageSchema(preparation)
        let layout = FashionMNISTNetwork.layout(settings)
        return ExplainedModel(export, outputNames: schema.classes.names) { request in
            let (images, numbers) = try request.images(
                height: schema.height, width: schema.width, layout: layout, directory: settings.data.path)
            return numbers.map { number in
                .image(
                    name: "\(number)", images.batch(of: [number]).inputs, height: schema.height, width: schema.width,
                    channels: 1)
            }
        }
    }
}

extension LargeBatchRecipe {
    /// That of `fashion-mnist`.
    public func makeExplanation(_ settings: Settings, preparation: Preparation?) throws -> ExplainedModel? {
        try images.makeExplanation(settings, preparation: preparation)
    }
}

extension ImagesRecipe {
    /// From normalized images to logits.
    public func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport? {
        let schema = try ImageFilesSchema(preparation ?? [:])
        let (network, form) = (try ImageNetwork(settings, schema), schema.form)
        let input: GraphInput =
            ImageNetwork.layout(settings) == .vectors
            ? .numbers("images", ["batch", .fixed(form.height * form.width * form.channels)])
            : .images("images", ["batch", .fixed(form.height), .fixed(form.width), .fixed(form.channels)])
        var export = ModelExport(
            network.model, "\(network.summary) for images of \(form.height)×\(form.width) pixels",
            functions: [
                ExportedFunction(
                    "model", "from images to the logits of their classes", input: input, output: "logits",
                    of: network.model)
            ])
        // the statistics that the channels are standardized by, and the size that images are brought to
        try export.metadata.set("schema", schema)
        try export.metadata.set("class_names", schema.classes)
        return export
    }

    /// Explains image files, or test images by their numbers.
    public func makeExplanation(_ settings: Settings, preparation: Preparation?) throws -> ExplainedModel? {
        guard let export = try makeExport(settings, preparation: preparation) else { return nil }
        let schema = try ImageFilesSchema(preparation ?? [:])
        let reader = ImageFilePredictor(network: try ImageNetwork(settings, schema), schema: schema, settings: settings)
        let form = schema.form
        return ExplainedModel(export, outputNames: schema.classes) { request in
            var samples: [ExplainedSample] = []
            try reader.forEachInput(request) { name, input in
                samples.append(
                    .image(
                        name: name, input, height: form.height, width: form.width, channels: form.channels))
            }
            return samples
        }
    }
}
