import Datasets
import Layers
import Settings
import TensorEngine
import Training

/// Classifies image files: a row of comma-separated values for each, with the probability of every class.
struct ImageFilePredictor: RowPredictor {
    let network: ImageNetwork
    let schema: ImageFilesSchema
    let settings: Settings

    var model: any Parameterized { network.model }

    var predicted: PredictedNumbers { .classes(schema.classes) }
    let inputName = "image"

    private static let blockSize = 16

    func predict(_ request: PredictionRequest, each: (String) -> Void) throws {
        try lines(under: CSVText.row(["image", "class", "probability"] + schema.classes), each) { each in
            guard request.testSamples.isEmpty else { return try predict(testSamples: request.testSamples, each) }
            var block: [String] = []
            try forEachPath(request) { path in
                block.append(path)
                guard block.count == Self.blockSize else { return }
                try predict(block, each)
                block = []
            }
            try predict(block, each)
        }
    }

    func predictRows(_ request: PredictionRequest, each: (String, [Double]) throws -> Void) throws {
        try forEachInput(request) { name, input in
            try each(name, try Probabilities(network.model(input), of: name)[0].map { Double($0) })
        }
    }

    /// The images that are named: one, those in and below a folder, or those whose paths are the lines of the input.
    private func forEachPath(_ request: PredictionRequest, _ body: (String) throws -> Void) throws {
        guard let input = request.input else {
            return try request.forEachBlock(of: 100) { for line in $0 where !line.isEmpty { try body(line) } }
        }
        if let paths = try FileKind.image.paths(in: input) {
            guard !paths.isEmpty else {
                throw DatasetError.unusable(path: input, found: "no images", expected: "JPEG and PNG files")
            }
            for path in paths { try body(path) }
        } else if FileKind.image.contains(input) || ImageFile.begins(input) {
            try body(input)
        } else {
            try request.forEachBlock(of: 100) { for line in $0 where !line.isEmpty { try body(line) } }
        }
    }

    /// Predicts for files. A damaged one ends it, or has a row without a class, as the settings say.
    private func predict(_ paths: [String], _ each: (String) -> Void) throws {
        var found: [String] = []
        var images: [PixelImage] = []
        for path in paths {
            if let image = try image(at: path) {
                images.append(image)
                found.append(path)
                continue
            }
            if !images.isEmpty { try predict(images, names: found, each) }
            (found, images) = ([], [])
            each(CSVText.row([path] + Array(repeating: "", count: 2 + schema.classes.count)))
        }
        if !images.isEmpty { try predict(images, names: found, each) }
    }

    /// The image of a file as the model takes it; nil where it is damaged and such files are left out.
    private func image(at path: String) throws -> PixelImage? {
        do {
            return try schema.form.kept(ImageFile(path: path))
        } catch {
            guard settings.images.damaged == .skip else { throw error }
            return nil
        }
    }

    private func predict(_ images: [PixelImage], names: [String], _ each: (String) -> Void) throws {
        try report(inputs(images), names, each)
    }

    private func inputs(_ images: [PixelImage]) -> Tensor {
        ImageSamples.inputs(images, schema.form, schema.statistics, layout: ImageNetwork.layout(settings))
    }

    /// Hands out the images that are asked for one by one, as the model takes them, with their names.
    func forEachInput(_ request: PredictionRequest, _ body: (String, Tensor) throws -> Void) throws {
        guard request.testSamples.isEmpty else {
            let samples = try testSamples(request.testSamples)
            for number in request.testSamples { try body("\(number)", samples.batch(of: [number]).inputs) }
            return
        }
        try forEachPath(request) { path in
            guard let image = try image(at: path) else { return RunWarning.print("\(path): left out, it is damaged") }
            try body(path, inputs([image]))
        }
    }

    /// The test data, which have images of these numbers.
    private func testSamples(_ numbers: [Int]) throws -> ImageSamples {
        guard let path = settings.data.path else { throw NoImages() }
        var request = settings.imageRequest(known: schema)
        request.settings.cache = 0
        let collection = try ImageCollection(path: path, testPath: settings.data.testPath, request, .alone)
        let samples = try ImageSamples(
            collection, isTraining: false, classes: schema.classes, layout: ImageNetwork.layout(settings),
            threads: request.threads)
        for number in numbers where !(0..<samples.count).contains(number) {
            throw NoSuchImage(number: number, count: samples.count)
        }
        return samples
    }

    private func predict(testSamples numbers: [Int], _ each: (String) -> Void) throws {
        let samples = try testSamples(numbers)
        for start in stride(from: 0, to: numbers.count, by: Self.blockSize) {
            let block = Array(numbers[start..<min(start + Self.blockSize, numbers.count)])
            try report(samples.batch(of: block).inputs, block.map(String.init), each)
        }
    }

    private func report(_ inputs: Tensor, _ names: [String], _ each: (String) -> Void) throws {
        let rows = try Probabilities(network.model(inputs), of: names[0])
        for (place, name) in names.enumerated() {
            let (label, values) = (rows.label(place), rows[place])
            each(CSVText.row([name, schema.classes[label], "\(values[label])"] + values.map { "\($0)" }))
        }
    }
}
