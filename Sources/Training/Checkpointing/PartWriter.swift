import Checkpoints

/// Writes this rank's part of the optimizer's state of a checkpoint: in a thread beside the training, from a copy, or at
/// once. How that went, it says in the folder of the checkpoint.
final class PartWriter {
    private var isBackground: Bool
    private let pace = BackgroundPace()
    private let snapshot = CheckpointSnapshot()
    private var current: BackgroundTask<Void>?

    /// - Parameter isBackground: whether it is written beside the training, where there is memory for a copy.
    init(isBackground: Bool) { self.isBackground = isBackground }

    deinit { finish() }

    /// Writes `pieces` as part `number`, from 1, of `count` into `folder`.
    func write(_ pieces: [StatePiece], _ number: Int, of count: Int, in folder: String) {
        finish()
        let tensors = pieces.map(\.tensor)
        if isBackground { isBackground = snapshot.copy(model: [], optimizer: tensors) }
        let elements = isBackground ? snapshot.optimizer : tensors.map(\.lent)
        let lent = zip(pieces, elements).map { $0.lent($1) }
        guard isBackground else {
            // a failure is known to who collects the parts
            try? CheckpointParts.write(lent, number, of: count, in: folder, pause: {})
            return
        }
        current = BackgroundTask { [pace] in
            pace.begin()
            try? CheckpointParts.write(lent, number, of: count, in: folder, pause: pace.pause)
        }
    }

    /// Returns when nothing is being written.
    func finish() {
        pace.isUrgent = true
        current?.wait()
        pace.isUrgent = false
        current = nil
    }
}
