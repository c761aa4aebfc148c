import ArgumentParser
import Checkpoints
import Communication
import MPICommunication
import Messages
import Training
import RunRecords

struct InspectCommand<Program: LockstepProgram>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "inspect",
            abstract: "Show a checkpoint: step, settings, tensors and shapes.")
    }

    @Argument(
        help: savedRunHelp,
        completion: .directory)
    var path: String

    func run() {
        LockstepProcess.run { communicator, _ in
            let text = try communicator.share(from: 0) {
                Array(try CheckpointListing(SavedRun.checkpoint(at: path)).description.utf8)
            }
            if communicator.rank == 0 { Terminal.show(String(decoding: text, as: UTF8.self)) }
            return 0
        }
    }
}

/// A checkpoint as text.
struct CheckpointListing: CustomStringConvertible {
    let checkpoint: Checkpoint

    init(_ checkpoint: Checkpoint) { self.checkpoint = checkpoint }

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
        for key in Settings.keys.map(\.name) where state.settings[key] != nil {
            lines.append("  \(padded(key, width))  \((state.settings[key] ?? "").printable)")
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
