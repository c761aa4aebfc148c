import Datasets
import Layers
import TensorEngine
import Training

/// The model and the data of the recipes `vae` and `autoencoder`.
struct AutoencoderTask: ImageTask {
    let data: ImageData
    let network: Autoencoder
    // nothing is classified
    let classNames: [String] = []
    let preparation: Preparation
    private let seed: UInt64

    init(_ kind: Autoencoder.Kind, _ settings: Settings, _ saved: Preparation?, _ loader: HostLoader) throws {
        data = try ImageData(settings, loader, .vectors)
        let size = try saved.map(ImageSize.init) ?? ImageSize(data.training)
        try size.check(data.training, of: data.path)
        let widths = [size.count] + settings.model.hidden + [settings[AutoencoderSettings.self].code]
        try MemoryNeed(perceptron: widths + widths.reversed()).check(settings)
        network = Autoencoder(kind, settings, size)
        seed = settings.seed
        var preparation = Preparation()
        try preparation.set(ImageSize.name, size)
        self.preparation = preparation
    }

    func loss(_ batch: LabeledBatch, _ context: ForwardContext) -> SummedLoss { network.loss(batch.inputs, context) }

    /// The losses with noise that is keyed by the numbers of the samples.
    func evaluate(_ batch: LabeledBatch) -> EvaluationSums {
        let loss = network.loss(batch.inputs, context(of: batch))
        return EvaluationSums(
            loss, samples: batch.samples.count, details: [loss.count] + loss.metrics.map(\.sum))
    }

    func metrics(_ details: [Double]) -> [String: Double] {
        EvaluationSums.means(details, network.lossNames)
    }

    func makeObservers(_ setup: RunSetup) throws -> [any RunObserver] {
        [SampleSheets(setup) { sheets().map { ($0.name, $0.sheet.png) } }]
    }

    private func context(of batch: LabeledBatch) -> ForwardContext {
        .inference(SampleRandomness(seed: seed, step: 0, samples: batch.samples))
    }

    /// Reconstructions of the first test images, interpolations between them, and samples where there is a prior.
    func sheets() -> [(name: String, sheet: ImageSheet)] {
        let batch = testData.batch(of: Array(0..<min(40, testData.count)))
        var sheets = [("reconstructions", reconstructions(batch)), ("interpolations", interpolations(batch))]
        if network.kind == .variational {
            let generator = ImageSheetGenerator(
                model: network, recipe: "vae", size: network.size, images: network.samples)
            sheets.append(("samples", generator.sheet(100, seed: seed)))
        }
        return sheets
    }

    /// In each column an image, below it what the encoder has seen, where that is another one, and the reconstruction.
    private func reconstructions(_ batch: LabeledBatch) -> ImageSheet {
        let columns = min(20, batch.samples.count)
        let seen = network.corrupted(batch.inputs, context(of: batch))
        let decoded = network.images(of: network.codes(seen))
        var sheet = ImageSheet(network.size, columns: columns)
        for start in stride(from: 0, through: batch.samples.count - columns, by: columns) {
            let rows = start..<start + columns
            sheet.append(batch.inputs[rows])
            if network.kind == .denoising { sheet.append(seen[rows]) }
            sheet.append(decoded[rows])
        }
        return sheet
    }

    /// In each row eleven steps along the line from the code of one image to that of another.
    private func interpolations(_ batch: LabeledBatch) -> ImageSheet {
        let codes = network.codes(batch.inputs)
        var sheet = ImageSheet(network.size, columns: 11)
        for row in 0..<min(10, batch.samples.count / 2) {
            let (from, to) = (codes[2 * row..<2 * row + 1], codes[2 * row + 1..<2 * row + 2])
            let steps = Tensor((0...10).map { Float($0) / 10 }, shape: [11, 1])
            sheet.append(network.images(of: from * (1 - steps) + to * steps))
        }
        return sheet
    }
}
