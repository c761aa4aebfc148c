import Preconditions

/// The checkpoints of one run: a folder with a folder `step-XXXXXXXX` for each.
///
/// A checkpoint is complete from the moment its folder has that name. One process writes; any number may read. Where hosts
/// divide the optimizer's state, each can write its part: `optimizer-00001-of-00004.safetensors`, with pieces of tensors.
///
///     checkpoints/step-00000200/model.safetensors  optimizer.safetensors  state.json  checksums
public struct CheckpointStore: Sendable {
    /// The folder of the checkpoints.
    public let directory: String

    /// How many of the newest checkpoints stay after a save.
    public let keep: Int

    /// Checkpoints of multiples of so many steps stay for good; 0 for none.
    public let keepEvery: Int

    /// Throws when this process may no longer write here.
    package typealias Fence = @Sendable () throws(CheckpointError) -> Void

    /// Called directly before each rename.
    let fence: Fence?

    /// Called after each block of at most `OutputFile.blockBytes` that was read or written: a writer in the background
    /// rests there.
    let pause: @Sendable () -> Void

    /// A store in `directory`, which need not exist yet; `keep` must be at least 1, `keepEvery` not negative.
    public init(directory: String, keep: Int, keepEvery: Int = 0) {
        self.init(directory: directory, keep: keep, keepEvery: keepEvery, fence: nil)
    }

    /// A store of which one process at a time is the writer: what other processes have left half written is removed.
    /// - Parameters:
    ///   - fence: called directly before each rename; throws when this process is no longer the writer.
    ///   - pause: called after each block that was read or written.
    package init(
        directory: String, keep: Int, keepEvery: Int = 0, fence: Fence?,
        pause: @escaping @Sendable () -> Void = {}
    ) {
        require(keep >= 1, "CheckpointStore: keep is \(keep), and must be at least 1")
        require(keepEvery >= 0, "CheckpointStore: keepEvery is \(keepEvery), and must not be negative")
        self.directory = directory.trimmingTrailingSlashes
        (self.keep, self.keepEvery, self.fence, self.pause) = (keep, keepEvery, fence, pause)
    }

    /// Renames, unless this process may no longer write here.
    func rename(_ old: String, to new: String) throws(CheckpointError) {
        try fence?()
        try FileSystem.rename(old, to: new)
    }

    /// The path of the folder of a checkpoint.
    public func path(ofStep step: Int) -> String { "\(directory)/\(CheckpointFolder.name(ofStep: step))" }

    /// The steps of which there is a checkpoint, rising; whether it is intact shows when it is loaded.
    public func steps() throws(CheckpointError) -> [Int] { try folders().keys.sorted() }

    /// The checkpoint folders by step.
    ///
    /// One that was set aside counts where its replacement is missing: the writer was killed between two renamings.
    func folders() throws(CheckpointError) -> [Int: CheckpointFolder] {
        var (folders, aside): ([Int: CheckpointFolder], [Int: CheckpointFolder]) = ([:], [:])
        for name in try FileSystem.names(in: directory) ?? [] {
            let folder = CheckpointFolder(path: "\(directory)/\(name)")
            if let step = CheckpointFolder.step(ofName: name) { folders[step] = folder }
            if let work = WorkName(name), work.purpose == .aside { aside[work.step] = folder }
        }
        return folders.merging(aside) { complete, _ in complete }
    }
}
