import Datasets
import Layers
import Messages
import Settings
import TensorEngine
import Training

/// The model and the data of the recipe `language-model`.
struct LanguageModelTask: TrainingTask {
    private let languageModel: any LanguageModel
    let preparation: Preparation
    let trainingData, testData: TextWindows
    let modelSummary, dataSummary: String
    let dataNotes: [String]
    let meanings: [AxisMeaning]

    var model: any Parameterized { languageModel }

    init(_ settings: Settings, _ saved: Preparation?, _ loader: HostLoader) throws {
        let data = try LanguageData(settings, recipe: "language-model", saved, loader)
        let text = data.text
        let (context, noun) = (settings.model.context, text.vocabulary.noun)
        let part = "\(data.path), but for what is for testing (data.test_fraction \(settings.data.testFraction))"
        trainingData = try TextWindows(
            text.training, context: context, stride: context, source: settings.data.testPath == nil ? part : data.path)
        testData = try TextWindows(text.validation, context: context, stride: context, source: data.testSource)
        let made = try LanguageModelOfText(settings, text.vocabulary, dataBytes: text.byteCount)
        (languageModel, modelSummary) = (made.model, made.summary)
        meanings = [
            .tokens(
                noun, text.vocabulary.names, [("tokens.weight", 0), ("output.weight", 1), ("output.bias", 0)],
                of: made.model)
        ]
        preparation = try text.vocabulary.preparation()
        dataSummary = data.summary
        let left = [("training", trainingData), ("test", testData)].filter { $0.1.uncoveredCount > 0 }
            .map { "\(Readable.count($0.1.uncoveredCount)) at the end of the \($0.0) text" }
        dataNotes =
            text.notes
            + (left.isEmpty
                ? []
                : [
                    "not used: \(left.joined(separator: ", ")), too few \(noun) for a window of model.context \(context)"
                ])
    }

    func loss(_ batch: TextBatch, _ context: ForwardContext) -> SummedLoss {
        softmaxCrossEntropy(languageModel(batch.inputs, context), batch.targets)
    }

    func evaluate(_ batch: TextBatch) -> EvaluationSums {
        // in groups, so that evaluation takes no more memory than training
        let losses = batch.groups(of: 16).map { Double(loss($0, .inference()).sum.scalar) }
        return EvaluationSums(
            loss: losses.reduce(0, +), terms: Double(batch.targets.count), correct: nil, samples: batch.inputs.shape[0])
    }
}
