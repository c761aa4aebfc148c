import Messages

/// The folder of one checkpoint: the names of its files, and the step in its own name.
struct CheckpointFolder: Sendable, Equatable {
    let path: String

    /// Step 42 is `step-00000042`; steps beyond eight digits take more.
    static func name(ofStep step: Int) -> String { "step-" + String(step).zeroPadded(to: 8) }

    /// The step in a folder's name; nil if it is not the name of a checkpoint.
    static func step(ofName name: some StringProtocol) -> Int? {
        guard name.hasPrefix("step-"), let step = Int(name.dropFirst(5)), name == self.name(ofStep: step) else {
            return nil
        }
        return step
    }

    var model: String { "\(path)/model.safetensors" }
    var optimizer: String { "\(path)/optimizer.safetensors" }
    var state: String { "\(path)/state.json" }
    var checksums: String { "\(path)/checksums" }
}
