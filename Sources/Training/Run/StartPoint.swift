import Checkpoints
import Communication
import Foundation
import RunRecords

/// Where a run begins or goes on. Every rank has the same; the checkpoint itself is on the rank that read it.
struct StartPoint: Codable {
    var directory: String
    /// The directory taken, on the rank that keeps the records.
    var lock: RunLock?
    var step = 0
    var samplesConsumed = 0
    /// How many training samples the run was started on; nil for a new one.
    var trainingSamples: Int?
    /// The checksums of the data that the run was started on; nil where they are not known.
    var dataChecksums: [String: String]?
    /// The settings of the run that goes on; nil for a new one.
    var savedSettings: [String: String]?
    /// What else the run remembered.
    var progress: [String: String] = [:]
    /// What the run had learned of its data before it trained.
    var preparation: Preparation?

    private enum CodingKeys: CodingKey {
        case directory, step, samplesConsumed, trainingSamples, dataChecksums, savedSettings, progress, preparation
    }

    init(directory: String) { self.directory = directory }

    /// Finds the run that `request` wants to go on with, and reads its newest checkpoint. *Collective.*
    /// - Parameter warn: told of damaged checkpoints, on the rank that reads.
    static func resuming(
        _ request: TrainingRequest, _ schema: SettingsSchema, over communicator: any Communicator,
        warn: (String) -> Void
    ) throws -> (point: StartPoint, checkpoint: Checkpoint?) {
        var checkpoint: Checkpoint?
        var lock: RunLock?
        var point = try communicator.share(from: 0) { () -> StartPoint in
            var recipe = ""
            _ = try request.explicitOverrides(schema, recipe: &recipe)
            let directory =
                try request.runDirectory.map { try RunDirectory.existing(at: $0) }
                ?? RunDirectory.toResume(recipe: recipe)
            lock = try directory.lock()
            var point = StartPoint(directory: directory.path)
            checkpoint = try CheckpointStore(directory: directory.checkpointsPath, keep: 1).newest(warn: warn)
            if let state = checkpoint?.state {
                (point.step, point.samplesConsumed) = (state.step, state.samplesConsumed)
                (point.trainingSamples, point.savedSettings) = (state.trainingSamples, state.settings)
                (point.dataChecksums, point.progress) = (state.dataChecksums, state.progress ?? [:])
                point.preparation = state.preparation
                try checkSettings(of: directory, state.settings, schema)
            } else {
                // ended before its first checkpoint: it begins again, with the settings that it had
                let file = try SettingsFile(path: directory.settingsPath, schema)
                var settings = Settings(schema)
                try settings.apply([SettingOverride(key: "recipe", value: file.recipe, source: "")] + file.overrides)
                point.savedSettings = settings.flat
                warn("\(directory.path) has no checkpoint yet: the run begins again at its first step")
            }
            return point
        }
        point.lock = lock
        return (point, checkpoint)
    }

    /// Throws when `settings.yaml`, where there is one, says something else than the checkpoint of what does not change
    /// when a run is resumed. *Local.*
    private static func checkSettings(
        of directory: RunDirectory, _ saved: [String: String], _ schema: SettingsSchema
    ) throws {
        guard FileContents.exists(directory.settingsPath) else { return }
        let file = try SettingsFile(path: directory.settingsPath, schema)
        var settings = Settings(schema)
        try settings.apply([SettingOverride(key: "recipe", value: file.recipe, source: "")] + file.overrides)
        let checkpoint = try Settings(schema, flat: saved, source: "the saved run")
        for key in checkpoint.keys where !key.changesOnResume {
            let (saved, found) = (key.text(in: checkpoint), key.text(in: settings))
            guard saved == found else {
                throw ResumeError.otherSettings(path: directory.settingsPath, key: key.name, saved: saved, found: found)
            }
        }
    }

    /// Makes the directory of a new run. *Collective.*
    static func new(_ request: TrainingRequest, recipe: String, over communicator: any Communicator) throws
        -> StartPoint
    {
        var lock: RunLock?
        let path = try communicator.share(from: 0) { () -> String in
            let directory =
                try request.runDirectory.map { try RunDirectory.create(at: $0) }
                ?? RunDirectory.createNew(recipe: recipe)
            lock = try directory.lock()
            return directory.path
        }
        var point = StartPoint(directory: path)
        point.lock = lock
        return point
    }
}
