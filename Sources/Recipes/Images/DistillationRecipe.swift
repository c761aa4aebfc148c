public import Datasets
import Layers
public import Settings
import TensorEngine
public import Training

/// A small network that learns from the outputs of a trained one, its teacher.
///
/// Source: Hinton, Vinyals, Dean, "Distilling the knowledge in a neural network", 2015.
public struct DistillationRecipe: Recipe {
    /// The recipe.
    public init() {}

    public let name = "distillation"
    public let summary =
        "train a model of fashion-mnist on the outputs of a trained one (--set distillation.teacher=RUN) and on the labels"
    public var settings: [(key: String, value: String)] { FashionMNISTRecipe().settings }
    public var models: [RecipeModel] { FashionMNISTRecipe().models }
    public let uses = ["data.path"]
    public let settingsGroups: [any SettingsGroup.Type] = [
        DistillationSettings.self, ImageAugmentation.self, LossSettings.self,
    ]

    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        try DistillationTask(settings, preparation, loader)
    }

    public var prediction: String? { FashionMNISTRecipe().prediction }

    public func makePredictor(_ settings: Settings, preparation: Preparation?) throws -> (any Predictor)? {
        try FashionMNISTRecipe().makePredictor(settings, preparation: preparation)
    }

    public func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport? {
        try FashionMNISTRecipe().makeExport(settings, preparation: preparation)
    }
}

/// What a student learns of its teacher.
public struct DistillationSettings: SettingsGroup {
    /// The run directory of the teacher.
    public var teacher: String?
    /// The temperature T of both softmaxes.
    public var temperature = 4.0
    /// The weight of the teacher's outputs, against that of the labels.
    public var alpha = 0.9

    public init() {}

    public static let prefix = "distillation"
    public static let title = "distillation: the teacher's part of the loss"
    public static let keys: [Setting<Self>] = [
        Setting(
            "teacher", \.teacher, .optional(.path), changesOnResume: true,
            "run directory of the teacher, a run of fashion-mnist, or a checkpoint's folder"),
        Setting(
            "temperature", \.temperature, .number(.aboveZero), changesInTraining: true,
            "temperature T of the softmax of teacher and student"),
        Setting(
            "alpha", \.alpha, .number(.fraction), changesInTraining: true,
            "α in α·T²·KL(teacher ‖ student) + (1 - α)·cross-entropy with the labels"),
    ]
}

/// The student, its teacher and the data of the recipe `distillation`.
struct DistillationTask: TrainingTask {
    private let student: FashionMNISTTask
    private let network, teacher: any Module
    private let teacherLayout: LabeledImages.Layout
    private let settings: DistillationSettings

    var model: any Parameterized { student.model }
    var trainingData: LabeledImages { student.trainingData }
    var testData: LabeledImages { student.testData }
    let modelSummary: String
    var dataSummary: String { student.dataSummary }
    var dataNotes: [String] { student.dataNotes }
    var preparation: Preparation { student.preparation }
    var meanings: [AxisMeaning] { student.meanings }
    var classNames: [String] { student.classNames }

    init(_ settings: Settings, _ saved: Preparation?, _ loader: HostLoader) throws {
        self.settings = settings[DistillationSettings.self]
        guard let path = self.settings.teacher else { throw MissingTeacher() }
        student = try FashionMNISTTask(settings, saved, loader)
        network = student.network
        let run = try SavedModel(path: path, of: FashionMNISTRecipe())
        let schema = try ImageSchema(run.preparation)
        guard schema == (try ImageSchema(student.preparation)) else {
            throw OtherTeacher(
                path: path, found: "\(schema.height)×\(schema.width) pixels and \(schema.classes.summary)",
                expected: "those of the student's images")
        }
        let named = try FashionMNISTNetwork(run.settings, schema)
        try run.load(into: named.model)
        (teacher, teacherLayout) = (named.model, named.layout)
        modelSummary = "\(student.modelSummary), teacher \(named.summary) of \(path)"
    }

    /// The teacher's logits for the student's inputs.
    private func teacherLogits(_ x: Tensor) -> Tensor {
        let (count, height, width) = (x.shape[0], trainingData.height, trainingData.width)
        let shape: Shape =
            teacherLayout == .vectors ? [count, height * width] : [count, height, width, 1]
        return teacher(x.reshaped(to: shape)).detached
    }

    func loss(_ batch: LabeledBatch, _ context: ForwardContext) -> SummedLoss {
        let logits = network(batch.inputs, context)
        let (alpha, inverse) = (Float(settings.alpha), 1 / Float(settings.temperature))
        let hard = student.loss(of: logits, batch)
        let soft = kullbackLeiblerDivergence(
            (logits * inverse).logSoftmax(), (teacherLogits(batch.inputs) * inverse).softmax())
        // the gradients of soft targets are as 1/T² (section 2)
        let scale = alpha / (inverse * inverse)
        return SummedLoss(
            sum: soft.sum * scale + hard.sum * (1 - alpha), weightSum: hard.count,
            metrics: [
                NamedSum("distillation", sum: Double(soft.sum.detached.scalar), count: soft.count),
                NamedSum("label_loss", sum: Double(hard.sum.detached.scalar), count: hard.count),
            ])
    }

    /// The student's scores, and how many images the teacher classifies right, and as the student does.
    func evaluate(_ batch: LabeledBatch) -> EvaluationSums {
        let logits = network(batch.inputs)
        var sums = student.evaluate(logits, batch)
        let found = teacherLogits(batch.inputs).argmax()
        let (right, alike) = (found.matches(batch.labels), found.matches(logits.argmax()))
        sums.details = [batch.samples.count, right, alike].map(Double.init)
        return sums
    }

    func metrics(_ details: [Double]) -> [String: Double] {
        EvaluationSums.means(details, ["teacher_accuracy", "agreement"])
    }
}

/// No teacher was named.
struct MissingTeacher: Error, CustomStringConvertible {
    var description: String {
        "distillation needs a teacher, a run of fashion-mnist; name its run directory (--set distillation.teacher=RUN)"
    }
}

/// The teacher is of other images.
struct OtherTeacher: Error, CustomStringConvertible {
    let path, found, expected: String
    var description: String {
        "the teacher \(path) has learned images of \(found), expected \(expected); name another run"
    }
}
