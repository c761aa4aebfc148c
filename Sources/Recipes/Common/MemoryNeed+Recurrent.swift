import Layers
import Training

extension MemoryNeed {
    /// That of recurrent layers in both directions over series of `time` steps, and a linear layer.
    init(recurrent kind: RecurrentKind, inputs: Int, time: Int, _ sizes: ModelSettings, outputs: Int) {
        let (hidden, layers) = (sizes.width, Double(sizes.layers))
        self.init(
            parameters: 2 * kind.parameterCount(inputs: inputs, hidden: hidden)
                + 2 * (layers - 1) * kind.parameterCount(inputs: 2 * hidden, hidden: hidden)
                + Double(2 * hidden) * Double(outputs),
            activations: 2 * layers * Double(time) * kind.activationCount(hidden: hidden),
            settings: "model.layers and model.width")
    }
}
