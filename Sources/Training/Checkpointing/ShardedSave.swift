import Communication
import Glibc
import Kernels
import RunRecords

/// Checkpoints to which each host writes its part of the optimizer's state, where hosts divide it and see one run directory.
final class ShardedSave {
    /// Where the optimizer's state of a checkpoint goes.
    enum Place: Equatable {
        /// To rank 0, which writes all.
        case rankZero
        /// Into this folder, from each host.
        case folder(String)
        /// Nowhere: the folder cannot be made.
        case none
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
    private var division: StateDivision? {
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

    /// Decides where the state of the checkpoint of `step` goes, and makes the folder. *Collective.*
    /// - Parameters:
    ///   - model: the tensors that are not divided.
    ///   - files: on the rank that writes the checkpoint.
    func begin(step: Int, model: [PersistentTensor], _ files: CheckpointFiles?) throws -> Place {
        guard let division else { return .rankZero }
        writer.finish()
        let path = try context.communicator.share(from: 0) {
            let bytes = division.bytes + model.reduce(0) { $0 + $1.buffer.count * MemoryLayout<Float>.stride }
            return try files?.begin(step: step, bytes: bytes)?.absolutePath ?? ""
        }
        guard !path.isEmpty else { return .none }
        let isSeen = !division.isWriter || access(path, W_OK) == 0
        let all = try context.communicator.allGather(isSeen ? 1 : 0)
        guard let blind = all.firstIndex(of: 0) else { return .folder(path) }
        let problem = InvisibleRunDirectory(
            host: context.hostnames[blind], path: context.directory,
            isWanted: mode == .always)
        guard mode != .always else { throw context.communicator.agreedFailure(problem) }
        isImpossible = true
        context.record?.log.message("note: \(problem)")
        return .rankZero
    }

    /// Whether what `part` has is saved by each host.
    func divides(_ part: any Persistent) -> Bool { (part as? any DividedState)?.division != nil }

    /// Begins to write this rank's part into `folder`; returns how many parts there are. *Local.*
    func write(in folder: String) -> Int {
        guard let division else { return 0 }
        if division.isWriter { writer.write(division.pieces, division.party + 1, of: division.parties, in: folder) }
        return division.parties
    }

    /// The tensors beside the parts.
    var undivided: [PersistentTensor] { division?.undivided ?? [] }

    /// The name of the first tensor that is not finite in this rank's part. *Local.*
    var firstNonFinite: String? {
        guard let division, division.isWriter else { return nil }
        return division.pieces.first { !$0.buffer.isFinite }?.name
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
