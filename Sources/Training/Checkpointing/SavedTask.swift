import Checkpoints
import Communication
import DataParallel
import Datasets
import Optimizers
import RunRecords
import TensorEngine

/// The task of a saved run with its data, on all ranks.
struct SavedTask {
    let settings: Settings
    let task: any TrainingTask
    let state: RunState
    /// On rank 0.
    private let checkpoint: Checkpoint?
    private let path: String

    /// The task of the checkpoint at `path`. *Collective.*
    /// - Parameters:
    ///   - overrides: settings that may be changed, such as `data.path`.
    ///   - change: changes further settings, whichever they are.
    init(
        path: String, overrides: [SettingOverride], catalog: RecipeCatalog, over communicator: any Communicator,
        _ reporter: ProgressReporter, change: (inout Settings) -> Void = { _ in }
    ) throws {
        var checkpoint: Checkpoint?
        let state = try communicator.share(from: 0) { () -> RunState in
            let found = try SavedRun.checkpoint(at: path)
            checkpoint = found
            return found.state
        }
        let loader = try communicator.hostLoader(HostMap.find(over: communicator), report: reporter.loading)
        reporter.loading(nil)
        (settings, task) = try communicator.agree {
            try loader.run {
                var settings = try Settings.resumed(from: state.settings, applying: overrides, catalog.settings)
                settings.useThreads()
                let recipe = try catalog.recipe(named: settings.recipe)
                let before = try Settings(catalog.settings, flat: state.settings, source: "the saved run")
                if let unused = try recipe.unusedSettings(of: settings, saved: before).first { throw unused }
                change(&settings)
                return (settings, try recipe.makeTask(settings, preparation: state.preparation, loader: loader))
            }
        }
        (self.state, self.checkpoint, self.path) = (state, checkpoint, path)
    }

    /// What `body` returns with the weights that the run evaluated. *Collective.*
    func withWeights<Result>(
        of task: some TrainingTask, over communicator: any Communicator, _ body: () throws -> Result
    ) throws -> Result {
        let arena = ParameterArena(task.model)
        let weights = LearnedWeights(arena, average: settings.makeAverage(arena))
        try communicator.agree { if let checkpoint { try weights.restoreModel(checkpoint, from: path) } }
        try weights.distribute(over: communicator)
        return try weights.withEvaluatedWeights(step: state.step, body)
    }
}
