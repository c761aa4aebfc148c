import FoundationEssentials
import Glibc
import Preconditions

/// The checkpoints of one run: a folder with a folder `step-XXXXXXXX` for each.
///
/// A checkpoint is complete from the moment its folder has that name. One process writes; any number may read.
///
///     checkpoints/step-00000200/model.safetensors  optimizer.safetensors  state.json  checksums
public struct CheckpointStore: Sendable {
    /// The folder of the checkpoints.
    public let directory: String

    /// How many checkpoints stay after a save.
    public let keep: Int

    /// A store in `directory`, which need not exist yet; `keep` must be at least 1.
    public init(directory: String, keep: Int) {
        require(keep >= 1, "CheckpointStore: keep is \(keep), and must be at least 1")
        self.directory = directory.trimmingTrailingSlashes
        self.keep = keep
    }

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

/// The name of a folder that a writer works on: `.tmp-step-XXXXXXXX-PID` or `.old-step-XXXXXXXX-PID`.
struct WorkName: Equatable {
    enum Purpose: String { case temporary = ".tmp-", aside = ".old-" }

    let purpose: Purpose
    let step: Int
    let process: Int32

    var text: String { "\(purpose.rawValue)\(CheckpointFolder.name(ofStep: step))-\(process)" }

    /// This process's name for working on `step`.
    init(_ purpose: Purpose, step: Int) {
        self.purpose = purpose
        self.step = step
        process = getpid()
    }

    /// Parses a name; nil if it is not of this form.
    init?(_ name: String) {
        guard let purpose = Purpose(rawValue: String(name.prefix(5))), let dash = name.lastIndex(of: "-"),
            let process = Int32(name[dash...].dropFirst()), name.index(name.startIndex, offsetBy: 5) <= dash,
            let step = CheckpointFolder.step(ofName: name.dropFirst(5).prefix(upTo: dash))
        else { return nil }
        self.purpose = purpose
        self.step = step
        self.process = process
        guard text == name else { return nil }
    }

    /// Whether the writer is gone. A process has one writer, so its own earlier names are leftovers too.
    var isLeftover: Bool { process == getpid() || (kill(process, 0) != 0 && errno == ESRCH) || isDead }

    /// Whether the process has ended, but nobody has waited for it: its number is still taken (proc(5), state Z).
    private var isDead: Bool {
        guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let end = status.lastIndex(of: ")")
        else { return false }
        return ["Z", "X"].contains(status[end...].dropFirst(2).prefix(1))
    }
}
