package import RunRecords

extension RunDirectory {
    /// Writes `settings.yaml`.
    package func write(_ settings: Settings) throws(RunLogError) { try write(settings: settings.yaml) }

    /// Adds `start` to `manifest.json`.
    package func record(_ start: Manifest.Start, of settings: Settings) throws(RunLogError) {
        try record(start, recipe: settings.recipe, seed: settings.seed, shards: settings.shards)
    }
}
