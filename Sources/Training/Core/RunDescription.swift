import Checkpoints
import Datasets

/// The identity of a run, as its checkpoints state it: settings, data, what was learned of the data.
struct RunDescription {
    let settings: Settings
    /// The data in a few words.
    let data: String
    let trainingSamples: Int
    /// Checksums of the data by part, such as `training`.
    let checksums: [String: String]
    let preparation: Preparation
    /// The entries along axes of the model's tensors, such as tokens and classes.
    let meanings: [AxisMeaning]

    init(_ task: some TrainingTask, _ settings: Settings, checksums: [String: String]) {
        (self.settings, data, self.checksums) = (settings, task.dataSummary, checksums)
        (trainingSamples, preparation, meanings) = (task.trainingData.count, task.preparation, task.meanings)
    }

    /// The state of the run at `position`, with the notes of its parts.
    func state(at position: RunPosition, progress: [String: String]) -> RunState {
        RunState(
            step: position.step, samplesConsumed: position.samples, epoch: position.epochsDone, seed: settings.seed,
            shards: settings.shards, recipe: settings.recipe, trainingSamples: trainingSamples,
            dataChecksums: checksums.isEmpty ? nil : checksums, data: data, settings: settings.flat,
            version: LockstepVersion.number, progress: progress.isEmpty ? nil : progress,
            preparation: preparation.isEmpty ? nil : preparation)
    }
}
