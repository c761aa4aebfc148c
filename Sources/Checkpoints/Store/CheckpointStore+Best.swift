extension CheckpointStore {
    /// The symbolic link `best` to the folder of the best checkpoint.
    private var bestLink: String { "\(directory)/best" }

    /// The step of the checkpoint that is marked as the best; nil if none is.
    public func bestStep() throws(CheckpointError) -> Int? {
        try FileSystem.target(ofLink: bestLink).flatMap { CheckpointFolder.step(ofName: $0) }
    }

    /// Loads the checkpoint that is marked as the best, and verifies every byte; nil if none is.
    public func best() throws(CheckpointError) -> Checkpoint? {
        guard let step = try bestStep() else { return nil }
        return try load(step: step)
    }

    /// Marks the checkpoint of `step` as the best; nothing changes when there is none of that step.
    ///
    /// A process that is killed meanwhile leaves the old mark or the new one.
    public func markBest(step: Int?) throws(CheckpointError) {
        try FileSystem.checkIsNoLink(directory)
        guard let step, try bestStep() != step, try steps().contains(step) else { return }
        try fence?()
        try FileSystem.replaceLink(bestLink, to: CheckpointFolder.name(ofStep: step))
        try FileSystem.synchronize(folder: directory)
    }
}
