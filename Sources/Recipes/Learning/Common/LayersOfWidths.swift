import Layers

extension [any Module] {
    /// Layers of these widths with an activation between them.
    init(widths: [Int], between activation: Activation, layer: (_ inputs: Int, _ outputs: Int) -> any Module) {
        let layers = zip(widths, widths.dropFirst()).map { [layer($0, $1)] }
        self = Array(layers.joined(separator: [activation]))
    }
}
