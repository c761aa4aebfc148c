import Preconditions

extension CheckpointStore {
    /// Saves a checkpoint, then removes all but the last `keep`, the best and those of `keepEvery`; returns the path of
    /// its folder.
    ///
    /// A process that is killed at any moment leaves every earlier checkpoint, or this one, complete. A checkpoint of
    /// the same step is replaced. Checkpoints of later steps, from before a return to an earlier one, are neither
    /// counted nor removed; nor is the one that is marked as the best. `notSaved` and `overtaken` mean that
    /// nothing was saved and nothing has changed.
    /// - Parameter isBest: whether to mark it as the best, once it is saved.
    @discardableResult
    public func save(_ checkpoint: Checkpoint, isBest: Bool = false) throws(CheckpointError) -> String {
        try save(checkpoint, parts: 0, isBest: isBest)
    }

    /// Saves a checkpoint to which other processes have written, or are writing, so many parts in the folder from `begin`;
    /// with 0 parts as above.
    @discardableResult
    package func save(_ checkpoint: Checkpoint, parts: Int, isBest: Bool) throws(CheckpointError) -> String {
        require(checkpoint.step >= 0, "CheckpointStore: step \(checkpoint.step) is negative")
        let path = "\(directory)/\(CheckpointFolder.name(ofStep: checkpoint.step))"
        let image = try CheckpointImage(of: checkpoint, path: path, pause: pause)
        do {
            let temporary = parts == 0 ? try begin(step: checkpoint.step) : temporaryPath(ofStep: checkpoint.step)
            try write(image, parts: parts, in: temporary, step: checkpoint.step, to: path)
        } catch {
            if case .overtaken = error { throw error }
            throw .notSaved(path: path, reason: "\(error)", bytesNeeded: image.byteCount)
        }
        do {
            try removeLeftovers()
            // marked last: the best so far stays until the next save, for a run that resumes from before
            try prune(upTo: checkpoint.step)
            if isBest { try markBest(step: checkpoint.step) }
        } catch {
            if case .overtaken = error { throw error }
            throw .notPruned(saved: path, reason: "\(error)")
        }
        return path
    }

    private func write(
        _ image: CheckpointImage, parts: Int, in temporary: String, step: Int, to path: String
    ) throws(CheckpointError) {
        let aside = "\(directory)/\(WorkName(.aside, step: step).text)"
        do throws(CheckpointError) {
            try image.write(to: CheckpointFolder(path: temporary), parts: parts, pause: pause)
            // A folder cannot be renamed onto a full one; between the two renamings, readers find the old one set
            // aside.
            let replaces = FileSystem.exists(path)
            if replaces { try rename(path, to: aside) }
            do throws(CheckpointError) {
                try rename(temporary, to: path)
            } catch {
                if replaces { try FileSystem.rename(aside, to: path) }
                throw error
            }
        } catch {
            try? FileSystem.remove(temporary)
            throw error
        }
        try FileSystem.synchronize(folder: directory)
    }

    /// Removes what killed writers have left, and gives a checkpoint that was set aside its name back.
    ///
    /// For the process that writes; `save` does it too.
    public func removeLeftovers() throws(CheckpointError) {
        try FileSystem.checkIsNoLink(directory)
        for name in try FileSystem.names(in: directory) ?? [] {
            // who is the only writer need not ask whether the others are alive
            guard let work = WorkName(name), fence != nil || work.isLeftover else { continue }
            let path = "\(directory)/\(CheckpointFolder.name(ofStep: work.step))"
            if work.purpose == .aside && !FileSystem.exists(path) {
                try rename("\(directory)/\(name)", to: path)
            } else {
                try FileSystem.remove("\(directory)/\(name)")
            }
        }
    }

    /// Removes all checkpoints with their folder, for a run that begins or continues from another one's.
    package func removeAll() throws(CheckpointError) {
        try FileSystem.checkIsNoLink(directory)
        try FileSystem.remove(directory)
    }

    /// Removes all but the best, the last `keep` and those of `keepEvery` of the checkpoints up to `step`.
    private func prune(upTo step: Int) throws(CheckpointError) {
        let best = try bestStep()
        for old in try steps().filter({ $0 <= step }).dropLast(keep)
        where old != best && (keepEvery == 0 || old % keepEvery != 0) {
            // Renamed first: what is half removed must not look complete.
            let temporary = "\(directory)/\(WorkName(.temporary, step: old).text)"
            try rename("\(directory)/\(CheckpointFolder.name(ofStep: old))", to: temporary)
            try FileSystem.remove(temporary)
        }
    }
}
