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
