import Communication
import DataParallel
import Datasets
public import Training

extension TrainingProgram {
    /// Measures the request's training steps. *Collective.*
    /// - Parameter isIndependent: whether each rank trains by itself, at the same time as the others and without
    ///   communication: what the machine can do at most. The global batch is then each rank's.
    public func benchmark(
        warmUp: Int, steps: Int, byOperation: Bool = false, isIndependent: Bool = false
    ) throws -> StepBenchmark {
        let trainer =
            isIndependent ? TrainingProgram(request, catalog: catalog, communicator: SoloCommunicator()) : self
        let hostnames = try trainer.hostnames()
        let loader = try trainer.communicator.hostLoader(HostMap(names: hostnames))
        let (settings, plan, task) = try communicator.agree {
            try trainer.prepare(preparation: nil, hostnames, loader) {
                var settings = try request.settings(catalog)
                settings.steps = warmUp + steps
                return settings
            }
        }
        return try benchmark(
            task, settings, plan, hostnames, by: trainer, warmUp: warmUp, steps: steps, byOperation: byOperation)
    }

    private func benchmark<Task: TrainingTask>(
        _ task: Task, _ settings: Settings, _ plan: ShardPlan, _ hostnames: [String], by trainer: TrainingProgram,
        warmUp: Int, steps: Int, byOperation: Bool
    ) throws -> StepBenchmark {
        // One that trains by itself fails by itself: the others must hear of it.
        let isAlone = trainer.communicator.size < communicator.size
        func assembled() throws -> AssembledRun<Task> {
            let run = try trainer.assemble(task, settings, plan, hostnames)
            for part in run.parts { try part.distribute(over: trainer.communicator) }
            return run
        }
        let run = isAlone ? try communicator.agree(nil, assembled) : try assembled()
        return try run.benchmark(
            warmUp: warmUp, steps: steps, byOperation: byOperation, world: communicator, hostname: request.hostname)
    }
}
