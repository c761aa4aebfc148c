import Kernels
import Layers
import Settings
import TensorEngine
import Training

/// A small convolutional network from images to features, with what the ways of training put on top of it.
struct Encoder: Parameterized {
    /// What the features are trained for.
    enum Method: String { case simclr, simsiam, byol, supervised }

    let method: Method
    /// Elements of the features of an image.
    let features: Int
    private let backbone: Sequential
    /// The embedding of features; of a supervised network the classes.
    private let head: Sequential
    /// What tells the embedding of one view from that of the other, for SimSiam and BYOL.
    private let predictor: Sequential
    /// BYOL's teacher: the moving average of the weights of backbone and head.
    private let teacher: [RunningStatistic]

    var parameters: ParameterTree {
        var tree: [(String, any ParameterTreeElement)] = [("backbone", backbone), ("head", head)]
        if method == .simsiam || method == .byol { tree.append(("predictor", predictor)) }
        if method == .byol {
            tree.append(("teacher", ParameterTree(numbered: teacher)))
        }
        return ParameterTree(tree)
    }

    /// The network of a run, without its weights.
    init(_ settings: Settings, classes: Int) throws {
        let (own, width) = (settings[SelfSupervisedSettings.self], settings.model.width)
        (method, features) = (try SelfSupervisedRecipe().model(settings), 4 * width)
        var random = InitializationRandom(seed: settings.seed)
        func block(_ inputs: Int, _ outputs: Int) -> Sequential {
            Sequential(
                Convolution2D(inputs, outputs, kernel: 3, stride: 2, padding: 1, hasBias: false, random: &random),
                BatchNormalization(outputs, thenReLU: true))
        }
        func perceptron(_ inputs: Int, _ hidden: Int, _ outputs: Int) -> Sequential {
            Sequential(
                Linear(inputs, hidden, hasBias: false, random: &random), BatchNormalization(hidden, thenReLU: true),
                Linear(hidden, outputs, random: &random))
        }
        backbone = Sequential(
            block(1, width), block(width, 2 * width), block(2 * width, 4 * width),
            Pooling.globalAverage)
        let size = own.projection
        switch method {
        case .supervised: head = Sequential(Linear(features, classes, initializer: .xavierUniform, random: &random))
        // SimSiam needs batch normalization of the output, too (section 4.4)
        case .simsiam: head = Sequential(perceptron(features, features, size), BatchNormalization(size))
        case .simclr, .byol: head = perceptron(features, features, size)
        }
        predictor = perceptron(size, max(1, size / 2), size)
        let followed = method == .byol ? Self.weights(backbone, head) : []
        let momentum = Float(1 - own.teacherMomentum)
        teacher = followed.map { RunningStatistic($0.value, momentum: momentum) }
    }

    private static func weights(_ backbone: Sequential, _ head: Sequential) -> [Parameter] {
        (backbone.parameters.named + head.parameters.named).map(\.parameter)
    }

    /// The features of images [n, height, width, 1], [n, features], in inference.
    func features(_ images: Tensor) -> Tensor { backbone(images) }

    /// The classes' logits of a supervised network.
    func logits(_ images: Tensor, _ context: ForwardContext) -> Tensor { head(backbone(images, context), context) }

    /// The embedding of features [n, features], or of a supervised network the logits, in inference.
    func outputs(of features: Tensor) -> Tensor { head(features) }

    /// The graph of `features` and of their `outputs`.
    func describe(_ images: GraphValue, in graph: GraphBuilder) throws -> [GraphValue] {
        let features = try backbone.describe(images, in: graph)
        return [features, try head.describe(features, in: graph)]
    }

    /// The loss of two views of each image; one term for each view.
    func loss(_ first: Tensor, _ second: Tensor, temperature: Float, _ context: ForwardContext) -> SummedLoss {
        let count = first.shape[0]
        // one pass for both views: batch normalization sees them together
        let both = Tensor.concatenated([first, second], alongAxis: 0)
        let embeddings = head(backbone(both, context), context)
        if method == .simclr {
            return ntXent(embeddings[0..<count], embeddings[count...], temperature: temperature, context)
        }
        let targets = method == .byol ? teacherEmbeddings(both, context) : embeddings.detached
        // each view predicts the other: -cos (SimSiam, equations 1 to 4), as BYOL's |p - z|² of unit vectors is 2 - 2·cos
        let crossed = Tensor.concatenated([targets[count...], targets[0..<count]], alongAxis: 0)
        let distances = predictor(embeddings, context).cosineDistance(to: crossed)
        return SummedLoss(sum: distances.sum(), count: 2 * count, metrics: [spread(embeddings.detached)])
    }

    /// The embeddings of the teacher, which follows the student's weights: the running mean of what each shard has.
    private func teacherEmbeddings(_ images: Tensor, _ context: ForwardContext) -> Tensor {
        let student = Self.weights(backbone, head)
        if context.isTraining {
            for (mean, weight) in zip(teacher, student) { mean.record(sums: weight.value.detached, count: 1) }
        }
        return RunningStatistic.withoutRecording(backbone) {
            RunningStatistic.withoutRecording(head) {
                withValues(teacher.map(\.value), of: student) { head(backbone(images, context), context) }
            }
        }
    }

    /// The standard deviation of unit vectors times √size: 1 where they are spread evenly, 0 where all are equal (collapse; SimSiam,
    /// section 4.1).
    private func spread(_ embeddings: Tensor) -> NamedSum {
        let (count, size) = (embeddings.shape[0], embeddings.shape[1])
        let rows = embeddings / ((embeddings * embeddings).sum(alongAxis: 1) + 1e-24).squareRoot()
        let centered = rows - rows.mean(alongAxis: 0)
        let deviations = (centered * centered).mean(alongAxis: 0).squareRoot()
        let spread = Double(deviations.mean().scalar) * Double(size).squareRoot()
        return NamedSum("spread", sum: spread * Double(count), count: Double(count))
    }
}
