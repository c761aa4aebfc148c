import Communication
import DataParallel
import Datasets
import Evolution
import TensorEngine
import Training

/// A generation: each rank evaluates the members of its shards, the ranks exchange fitness numbers, and all make the same
/// next generation.
final class EvolutionStep: StepRule {
    let learners: [Learner]
    private let store: EvolutionStore
    private let model: EvolvedModel
    private let communicator: any Communicator

    init(_ store: EvolutionStore, _ model: EvolvedModel, learner: Learner, communicator: any Communicator) {
        (self.store, self.model, self.communicator) = (store, model, communicator)
        learners = [learner]
    }

    var persistents: [any Persistent] { [store] }

    var exchange: StepExchange? {
        let bytes = MemoryLayout<Double>.size
        let size = "the fitness of \(store.members) members, \(bytes * store.members) bytes"
        return StepExchange(
            communicator.size == 1
                ? "\(size), on one rank: nothing is sent"
                : "\(size), gathered from the ranks in each generation; every rank makes the next generation itself",
            bytesPerSample: bytes)
    }

    var followsOptimizer: Bool { store.followsOptimizer }

    func take(_ step: Step<LoadedStep<[Int]>>) throws -> StepOutcome {
        let own = step.work.batches.flatMap { $0 ?? [] }
        let clock = ContinuousClock()
        let begin = clock.now
        let ownFitness = own.map { store.fitness(of: $0) }
        let evaluated = clock.now
        // shards, and so members, are dealt to the ranks in order
        let fitness = try communicator.allGather(ownFitness).flatMap { $0 }
        let exchanged = clock.now
        let rate = learners[0].learningRate(step: step.number)
        store.update(fitness, learningRate: rate)
        // all ranks, which may share this memory, write the same numbers
        model.assign(store.population)
        let updated = clock.now

        let finite = fitness.filter(\.isFinite)
        let count = Double(finite.count)
        var phases = DataParallelStep.Phases()
        phases.forward = (evaluated - begin) / .milliseconds(1)
        phases.exposedCommunication = (exchanged - evaluated) / .milliseconds(1)
        var outcome = StepOutcome(
            loss: LossSum(sum: -finite.reduce(0, +), count: count), learningRate: followsOptimizer ? rate : nil,
            phases: phases,
            optimizerMilliseconds: (updated - exchanged) / .milliseconds(1))
        outcome.metrics = [
            NamedSum("generation_best", sum: finite.max() ?? 0, count: 1),
            NamedSum("best_fitness", sum: store.bestFitness, count: 1),
        ]
        switch store.population {
        case .vectors(let distribution):
            outcome.metrics.append(NamedSum("step_size", sum: distribution.stepSize, count: 1))
        case .networks(let networks):
            let links = networks.genomes.reduce(0) { $0 + $1.enabledLinks }
            outcome.metrics += [
                NamedSum("species", sum: Double(networks.speciesCount), count: 1),
                NamedSum("links", sum: Double(links), count: Double(networks.genomes.count)),
            ]
        }
        return outcome
    }
}
