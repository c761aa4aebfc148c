/// The folder of one checkpoint: the names of its files, and the step in its own name.
struct CheckpointFolder: Sendable, Equatable {
    let path: String

    /// Step 42 is `step-00000042`; steps beyond eight digits take more.
    static func name(ofStep step: Int) -> String {
        let digits = String(step)
        return "step-" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
    }

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
