import Checkpoints

extension RunState {
    /// A state after `step` steps of 7 samples each.
    static func example(step: Int) -> RunState {
        RunState(
            step: step, samplesConsumed: 7 * step, epoch: step / 10, seed: .max, shards: 4, recipe: "mlp",
            settings: ["optimizer.learningRate": "0.1", "data.path": "a/b \"c\""], version: "0.1")
    }
}

extension Checkpoint {
    /// A small checkpoint whose numbers depend on the step and on `mark`.
    static func example(step: Int, mark: Float = 0) -> Checkpoint {
        Checkpoint(
            model: [
                NamedTensor(name: "layer.weight", shape: [2, 3], values: (0..<6).map { Float($0 * step) + mark }),
                NamedTensor(name: "layer.bias", shape: [3], values: [-1, .infinity, Float(step)]),
            ],
            optimizer: [NamedTensor(name: "velocity", shape: [1], values: [mark])],
            state: .example(step: step))
    }
}

/// The bytes of a safetensors file of that header and that many zero bytes of data.
func safetensors(_ header: String, dataCount: Int = 0) -> [UInt8] {
    let length = (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) }
    return length + Array(header.utf8) + [UInt8](repeating: 0, count: dataCount)
}
