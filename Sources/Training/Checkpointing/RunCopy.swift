import Checkpoints
import Foundation
package import RunRecords

/// A run that continues from a copy of another one, with other settings, as population-based training makes it.
package enum RunCopy {
    /// Replaces checkpoints, metrics and settings of the run in `target` by those of the run in `source` after `step`
    /// steps, with `overrides` in force from there on. *Local*: neither run may be under way.
    ///
    /// A process that is killed meanwhile leaves `source` as it is, and `target` to be copied again.
    package static func replace(
        _ target: RunDirectory, by source: RunDirectory, step: Int, applying overrides: [SettingOverride],
        _ schema: SettingsSchema
    ) throws {
        let from = CheckpointStore(directory: source.checkpointsPath, keep: 1)
        var checkpoint = try from.load(step: step)
        var settings = try Settings(schema, flat: checkpoint.state.settings, source: "the saved run")
        try settings.apply(overrides)
        checkpoint.state.settings = settings.flat
        try RunDirectory.makeDirectories(target.path)
        let to = CheckpointStore(directory: target.checkpointsPath, keep: 2)
        try to.removeAll()
        if let best = try from.bestStep(), best != step { try to.save(from.load(step: best), isBest: true) }
        try to.save(checkpoint, isBest: try from.bestStep() == step)
        try FileContents.replace(target.metricsPath, with: try FileContents.read(source.metricsPath))
        try target.write(settings)
    }
}
