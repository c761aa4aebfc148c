import ArgumentParser
import Checkpoints
import Communication
import MPICommunication
import Messages
import RunRecords
import Settings
import Training

struct InspectCommand<Program: LockstepProgram>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "inspect",
            abstract: "Show a checkpoint: step, settings, tensors and shapes; or verify all of a run.")
    }

    @Argument(
        help: savedRunHelp,
        completion: .directory)
    var path: String

    @Flag(
        help:
            "Read every byte of the checkpoint, or of all checkpoints of a run, and compare the checksums; exit with 1 if one is damaged."
    )
    var verify = false

    func run() {
        LockstepProcess.run { communicator, _ in
            if verify {
                let verification = try communicator.share(from: 0) { try CheckpointVerification(path: path) }
                if communicator.rank == 0 { Terminal.show(verification.text) }
                return verification.isIntact ? 0 : 1
            }
            let text = try communicator.share(from: 0) {
                Array(try CheckpointListing(SavedRun.checkpoint(at: path), Program.catalog.settings).description.utf8)
            }
            if communicator.rank == 0 { Terminal.show(String(decoding: text, as: UTF8.self)) }
            return 0
        }
    }
}

/// A checkpoint as text.
struct CheckpointListing: CustomStringConvertible {
    let checkpoint: Checkpoint
    /// The settings of this program.
    let schema: SettingsSchema

    init(_ checkpoint: Checkpoint, _ schema: SettingsSchema) { (self.checkpoint, self.schema) = (checkpoint, schema) }

    var description: String {
        let state = checkpoint.state
        var lines = [
            "recipe     \(state.recipe.printable)", "step       \(state.step)",
            "epoch      \(state.epoch) complete, \(state.samplesConsumed) samples consumed",
            "shards     \(state.shards)",
            "seed       \(state.seed)", "written by lockstep \(state.version.printable)", "",
        ]
        if let data = state.data { lines.insert("data       \(data.printable)", at: 1) }
        lines += section("model", checkpoint.model) + [""]
        lines += section("optimizer", checkpoint.optimizer) + ["", "settings"]
        let width = state.settings.keys.map(\.count).max() ?? 0
        // in the order of lists; those of another version or program come last
        let known = schema.keys.map(\.name).filter { state.settings[$0] != nil }
        for key in known + Set(state.settings.keys).subtracting(known).sorted() {
            lines.append("  \(padded(key.printable, width))  \((state.settings[key] ?? "").printable)")
        }
        return lines.joined(separator: "\n")
    }

    private func section(_ title: String, _ tensors: [NamedTensor]) -> [String] {
        let count = tensors.reduce(0) { $0 + $1.count }
        let name = tensors.map(\.name.printable.count).max() ?? 0
        let shape = tensors.map { "\($0.shape)".count }.max() ?? 0
        return ["\(title): \(tensors.count) tensors, \(count) numbers"]
            + tensors.map { tensor in
                let norm = tensor.values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
                return
                    "  \(padded(tensor.name.printable, name))  \(padded("\(tensor.shape)", shape))  norm \(Float(norm))"
                    + (checkpoint.modelMetadata["layout.\(tensor.name)"].map { "  \($0.printable)" } ?? "")
            }
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
