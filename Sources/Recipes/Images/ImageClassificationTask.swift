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
        loss(of: network(batch.inputs, context), batch)
    }

    /// The loss of the network's outputs for a batch.
    func loss(of logits: Tensor, _ batch: LabeledBatch) -> SummedLoss { weighting.loss(logits, batch) }

    func evaluate(_ batch: LabeledBatch) -> EvaluationSums { evaluate(network(batch.inputs), batch) }

    /// The scores of the network's outputs for a batch.
    func evaluate(_ logits: Tensor, _ batch: LabeledBatch) -> EvaluationSums {
        EvaluationSums(classifying: logits, batch.labels, classWeights: weighting.weights)
    }
}
