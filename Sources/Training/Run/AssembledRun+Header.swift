import Communication
import Datasets
import RunRecords
import TensorEngine

extension AssembledRun {
    /// What is reported before the first step.
    func header(after position: RunPosition, _ placements: [RankPlacement]) -> RunHeader {
        let sampler = setup.length.sampler
        var header = RunHeader(
            recipe: settings.recipe, model: task.modelSummary, parameters: parameterCount, data: task.dataSummary,
            ranks: context.communicator.size, threads: settings.threads, hosts: Set(context.hostnames).count,
            shards: sampler.shards, globalBatch: sampler.globalBatch,
            epochs: (setup.length.lastSample + sampler.count - 1) / sampler.count, steps: source.lastStep,
            stepsDone: position.step, runDirectory: context.directory)
        (header.dataNotes, header.endsWithData) = (task.dataNotes, setup.length.endsWithData)
        (header.cores, header.processors) = (placements.coresText, placements.processorsText)
        header.shardsFollowRanks = context.record?.shardsFollowRanks ?? false
        header.notes = notes
        let explanation = explanation()
        (header.learningRate, header.gradients) = (explanation.learningRate, explanation.gradients)
        header.exchange = explanation.exchange
        return header
    }

    /// What is to be known before the first step beside the figures.
    private var notes: [String] {
        let changed = context.record?.changed ?? []
        return (task.testData.count > 0 ? [] : ["there are no test data: nothing is evaluated"])
            + (changed.isEmpty ? [] : ["changed on resuming: " + changed.joined(separator: ", ")])
            + [context.record?.processorNote].compactMap { $0 }
    }

    /// The name of the layer of what lies at each parameter's address.
    var layersByAddress: [UInt: String] {
        rule.learners.reduce(into: [:]) { $0.merge($1.weights.arena.layersByAddress) { own, _ in own } }
    }
}
