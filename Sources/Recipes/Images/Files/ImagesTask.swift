import Datasets
import Layers
import Messages
import Settings
import TensorEngine
import Training

/// The model and the data of the recipe `images`.
struct ImagesTask: ImageClassificationTask {
    let network: any Module
    let trainingData, testData: ImageSamples
    let modelSummary, dataSummary: String
    let dataNotes: [String]
    let preparation: Preparation
    let meanings: [AxisMeaning]
    let classNames: [String]
    let evaluationBlock: Int
    let weighting: ClassWeighting
    var classBalance: ClassBalance? { weighting.balance }

    init(_ settings: Settings, _ saved: Preparation?, _ loader: HostLoader) throws {
        guard let path = settings.data.path else { throw NoImages() }
        let known = try saved.map { try ImageFilesSchema($0) }
        let request = settings.imageRequest(known: known)
        let collection = try ImageCollection(path: path, testPath: settings.data.testPath, request, loader)
        let schema = known ?? ImageFilesSchema(collection)
        classNames = schema.classes
        if known == nil { try DatasetError.checkClasses(classNames, path: path) }
        func samples(isTraining: Bool) throws -> ImageSamples {
            try ImageSamples(
                collection, isTraining: isTraining, classes: schema.classes, layout: ImageNetwork.layout(settings),
                augmentation: isTraining ? settings.augment : ImageAugmentation(),
                cropsAtRandom: isTraining && settings.images.trainingCrop == .random, seed: settings.seed,
                threads: request.threads)
        }
        (trainingData, testData) = (try samples(isTraining: true), try samples(isTraining: false))
        try DatasetError.checkSplit(
            training: trainingData.count, test: testData.count, of: "image", path: path,
            testPath: settings.data.testPath, testFraction: settings.data.testFraction)
        let named = try ImageNetwork(settings, schema)
        (network, modelSummary) = (named.model, named.summary)
        meanings = [.classes(classNames, outputsOf: named.outputLayer)]
        weighting = try ClassWeighting(
            settings, classes: classNames, labels: trainingData.classLabels, saved: saved)
        var preparation = Preparation()
        try preparation.set(ImageFilesSchema.name, schema)
        try weighting.save(in: &preparation)
        self.preparation = preparation
        // as many as take 16 MB
        evaluationBlock = max(1, min(500, 4_000_000 / trainingData.valuesPerImage))
        let form = schema.form
        dataNotes = collection.remarks
        dataSummary =
            "\(path), \(Readable.count(trainingData.count)) training and \(Readable.count(testData.count)) test images, as "
            + "\(form.height)×\(form.width) \(form.channels == 1 ? "gray" : "RGB"), \(collection.storage), "
            + "\(classNames.count) classes: \(classNames.listed(limit: 3, longest: 40))"
    }
}

/// No images were named.
struct NoImages: Error, CustomStringConvertible {
    var description: String {
        "the recipe images needs --data: a folder with a folder for each class, a table of path and label, or a packed file"
    }
}
