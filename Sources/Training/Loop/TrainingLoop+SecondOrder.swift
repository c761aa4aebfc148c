import Communication
import DataParallel
import Datasets
import Kernels
import Layers
import Optimizers
import TensorEngine
import RunRecords

extension TrainingLoop {
    /// One step by a second-order method: some iterations on one batch. *Collective.*
    ///
    /// Every evaluation has the same samples and the same random numbers, so that the loss is a function of the weights.
    func minimize(_ batch: LoadedStep<Task.Samples.Batch>) throws {
        guard case .secondOrder(let optimizer) = rule else { return }
        let number = step + 1
        let isReported = number % settings.log.every == 0 || number == lastStep
        var stopwatch = Stopwatch()
        var phases = DataParallelStep.Phases()
        var first: (loss: Double, norm: Double?)?
        let objective = dataParallel.objective(
            batch.shardBatches, l2: settings.optimizer.l2 + settings.optimizer.weightDecay,
            groups: settings.parameterGroups,
            observe: { [self] outcome in
                phases += outcome.phases
                guard first == nil else { return }
                let gradients = dataParallel.gradients
                guard outcome.lossSum.isFinite else { throw try nonFiniteLoss(batch, step: number, loss: outcome.loss) }
                noteTrainingLoss(sum: outcome.lossSum, count: outcome.count, isFirst: batch.global.start == 0)
                let clipped = clipping.apply(to: gradients, count: outcome.count, measuresNorm: isReported)
                if let diagnosis, diagnosis.isDue(number) { diagnosis.begin(gradients, count: outcome.count) }
                first = (outcome.loss, clipped.norm)
            },
            loss: { [self] in loss(of: $0, step: number) })
        _ = try optimizer.minimize(objective, iterationLimit: settings.optimizer.iterations)
        state.average?.update(step: number)
        step = number
        samples += batch.global.count
        let rest = stopwatch.lap() - phases.onMainThread
        measured.took(
            samples: batch.global.count, phases: phases, optimizer: rest, loss: first?.loss ?? .nan, norm: first?.norm,
            rate: 1)
        record?.log.advanced(step: step, epoch: epoch)
    }
}
