import Datasets
import TensorEngine
import Training

/// A network that says in a few words what it is.
protocol SummarizedNetwork: Parameterized {
    /// Such as `forward-forward 784-500-500`.
    var summary: String { get }
}

/// A task that trains one network.
protocol NetworkTask: TrainingTask {
    associatedtype Network: Parameterized
    var network: Network { get }
}

extension NetworkTask {
    var model: any Parameterized { network }
}

extension NetworkTask where Network: SummarizedNetwork {
    var modelSummary: String { network.summary }
}

/// A task whose samples are labeled images as they are.
protocol ImageTask: NetworkTask where Samples == LabeledImages {
    var data: ImageData { get }
}

extension ImageTask {
    var trainingData: LabeledImages { data.training }
    var testData: LabeledImages { data.test }
    var dataSummary: String { data.summary }
    var classNames: [String] { data.classes.names }
    var preparation: Preparation { data.preparation }
}
