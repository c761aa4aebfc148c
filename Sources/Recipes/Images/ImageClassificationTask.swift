import Datasets
import Layers
import TensorEngine
import Training

/// Classifies labeled images with a network, the classes weighted in the loss.
protocol ImageClassificationTask: TrainingTask where Samples.Batch == LabeledBatch {
    /// Images → logits [n, classes].
    var network: any Module { get }
    /// The weights of the classes.
    var weighting: ClassWeighting { get }
}

extension ImageClassificationTask {
    var model: any Parameterized { network }

    func loss(_ batch: LabeledBatch, _ context: ForwardContext) -> SummedLoss {
        let logits = network(batch.inputs, context)
        let weights = weighting.weights
        if let targets = batch.targets { return softmaxCrossEntropy(logits, targets: targets, classWeights: weights) }
        return weights.map { softmaxCrossEntropy(logits, batch.labels, classWeights: $0) }
            ?? softmaxCrossEntropy(logits, batch.labels)
    }

    func evaluate(_ batch: LabeledBatch) -> EvaluationSums {
        EvaluationSums(classifying: network(batch.inputs), batch.labels, classWeights: weighting.weights)
    }
}
