import Communication
import Glibc
import Kernels
import RunRecords

/// Checkpoints to which each host writes its part of the optimizer's state, where hosts divide it and see one run directory.
final class ShardedSave {
    /// A checkpoint to which each host writes its part.
    struct Save {
        let division: StateDivision
        /// Where the parts go; nil where the folder cannot be made.
        let folder: String?

        /// The name of the first tensor that is not finite in this rank's part. *Local.*
        var firstNonFinite: String? {
            division.isWriter ? division.pieces.first { !$0.buffer.isFinite }?.name : nil
        }
    }

    private let context: RunContext
    private let mode: CheckpointSettings.Sharded
    private let states: [any DividedState]
    private let writer: PartWriter
    /// That a host does not see the run directory is known.
    private var isImpossible = false

    /// Bytes above which the state is not brought to one host (`checkpoint.sharded=automatic`).
    static let largeBytes = 1 << 30

    init(_ context: RunContext, _ parts: [any Persistent], _ settings: CheckpointSettings) {
        (self.context, mode) = (context, settings.sharded)
        states = parts.compactMap { $0 as? any DividedState }
        writer = PartWriter(isBackground: settings.background)
    }

    /// What this rank has of all that is divided; nil where nothing is, or it is brought to rank 0.
    private func makeDivision() -> StateDivision? {
        guard mode != .never, !isImpossible else { return nil }
        let divisions = states.compactMap(\.division)
        guard var whole = divisions.first else { return nil }
        for other in divisions.dropFirst() {
            whole.bytes += other.bytes
            whole.pieces += other.pieces
            whole.undivided += other.undivided
        }
        return mode == .always || whole.bytes > Self.largeBytes ? whole : nil
    }

    /// Makes the folder of the checkpoint of `step`; nil where rank 0 writes all of it. *Collective.*
    /// - Parameters:
    ///   - model: the tensors that are not divided.
    ///   - files: on the rank that writes the checkpoint.
    func begin(step: Int, model: [PersistentTensor], _ files: CheckpointFiles?) throws -> Save? {
        guard let division = makeDivision() else { return nil }
        writer.finish()
        let path = try context.communicator.share(from: 0) {
            let bytes = division.bytes + model.reduce(0) { $0 + $1.buffer.count * MemoryLayout<Float>.stride }
            return try files?.begin(step: step, bytes: bytes)?.absolutePath ?? ""
        }
        guard !path.isEmpty else { return Save(division: division, folder: nil) }
        let isSeen = !division.isWriter || access(path, W_OK) == 0
        let all = try context.communicator.allGather(isSeen ? 1 : 0)
        guard let blind = all.firstIndex(of: 0) else { return Save(division: division, folder: path) }
        let problem = InvisibleRunDirectory(
            host: context.hostnames[blind], path: context.directory,
            isWanted: mode == .always)
        guard mode != .always else { throw context.communicator.agreedFailure(problem) }
        isImpossible = true
        context.record?.log.message("note: \(problem)")
        return nil
    }

    /// Begins to write this rank's part. *Local.*
    func write(_ division: StateDivision, in folder: String) {
        guard division.isWriter else { return }
        writer.write(division.pieces, division.party + 1, of: division.parties, in: folder)
    }

    /// Returns when this rank's part is written. *Local.*
    func finish() { writer.finish() }
}

/// A host that cannot write its part of checkpoints.
struct InvisibleRunDirectory: Error, CustomStringConvertible {
    let host, path: String
    let isWanted: Bool

    var description: String {
        "host \(host) does not see the run directory \(path), or may not write there: "
            + (isWanted
                ? "choose a --run-dir on a file system that all hosts share, or checkpoint.sharded=automatic"
                : "for checkpoints all of the optimizer's state goes to the host of rank 0 (checkpoint.sharded)")
    }
}

extension String {
    /// The path from the root on.
    fileprivate var absolutePath: String {
        guard !hasPrefix("/"), let current = getcwd(nil, 0) else { return self }
        defer { free(current) }
        return String(cString: current) + "/" + self
    }
}
