/// What was found when every byte of a checkpoint was read and compared with its checksums.
public struct VerifiedCheckpoint: Sendable, Equatable {
    /// The step, by the folder's name or, where that names none, by the state; nil where neither is known.
    public let step: Int?

    /// The path of the folder.
    public let path: String

    /// The bytes of its tensors and its state; nil if it is damaged.
    public let bytes: Int?

    /// What is damaged; nil if it is intact.
    public let damage: CheckpointError?
}

extension CheckpointStore {
    /// Reads every byte of every checkpoint, the oldest first; tensors are read block by block and not kept.
    public func verify() throws(CheckpointError) -> [VerifiedCheckpoint] {
        try folders().sorted { $0.key < $1.key }.map { $0.value.verified(step: $0.key) }
    }

    /// Reads every byte of the checkpoint in the folder at `path`.
    public static func verify(at path: String) -> VerifiedCheckpoint {
        let folder = CheckpointFolder(path: path.trimmingTrailingSlashes)
        return folder.verified(
            step: folder.path.split(separator: "/").last.flatMap { CheckpointFolder.step(ofName: $0) })
    }
}

extension CheckpointFolder {
    fileprivate func verified(step: Int?) -> VerifiedCheckpoint {
        do {
            let (state, bytes) = try verify()
            return VerifiedCheckpoint(step: step ?? state.step, path: path, bytes: bytes, damage: nil)
        } catch {
            return VerifiedCheckpoint(step: step, path: path, bytes: nil, damage: error)
        }
    }
}
