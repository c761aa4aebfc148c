import Messages

extension CheckpointStore {
    /// The newest checkpoint that is intact; nil if there is none at all.
    ///
    /// For each newer one that is damaged, `warn` is called with one line: which file, what is wrong, and which
    /// checkpoint is used instead. Throws if there are checkpoints and none is intact. Changes nothing on the disk.
    public func newest(warn: (String) -> Void) throws(CheckpointError) -> Checkpoint? {
        let folders = try folders()
        var damages: [String] = []
        for (step, folder) in folders.sorted(by: { $0.key > $1.key }) {
            do {
                let checkpoint = try folder.read()
                for damage in damages {
                    warn("skipped a damaged checkpoint: \(damage); used step \(step) instead, \(folder.path)")
                }
                return checkpoint
            } catch {
                damages.append("\(error)")
            }
        }
        if damages.isEmpty { return nil }
        throw .noneUsable(directory: directory, reasons: damages)
    }

    /// Loads the checkpoint of `step`, and verifies every byte.
    public func load(step: Int) throws(CheckpointError) -> Checkpoint {
        let folders = try folders()
        guard let folder = folders[step] else {
            throw .noSuchStep(step, directory: directory, available: folders.keys.sorted())
        }
        return try folder.read()
    }

    /// Loads the checkpoint in the folder at `path`, and verifies every byte.
    public static func load(at path: String) throws(CheckpointError) -> Checkpoint {
        let folder = CheckpointFolder(path: path.trimmingTrailingSlashes)
        guard let names = try FileSystem.names(in: folder.path) else {
            throw .unusable(path: folder.path, found: "nothing of that name", expected: "the folder of a checkpoint")
        }
        let steps = names.filter { CheckpointFolder.step(ofName: $0) != nil }.sorted()
        if !FileSystem.exists(folder.state) && !steps.isEmpty {
            throw .unusable(
                path: folder.path, found: "a folder of checkpoints",
                expected: "one of those in it: \(steps.listed())")
        }
        return try folder.read()
    }
}
