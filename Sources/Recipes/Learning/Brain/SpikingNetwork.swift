import Layers
import Settings
import TensorEngine
import Training

/// A perceptron of leaky integrate-and-fire neurons.
struct SpikingNetwork: SummarizedNetwork {
    private let layers: [Linear]
    let settings: SpikingSettings
    let summary: String

    var parameters: ParameterTree { ["layers": ParameterTree(numbered: layers)] }

    init(_ settings: Settings, pixels: Int, classes: Int) {
        let widths = [pixels] + settings.model.hidden + [classes]
        var random = InitializationRandom(seed: settings.seed)
        // PyTorch's initialization of linear layers: the potentials at first decide whether there are spikes
        layers = zip(widths, widths.dropFirst()).map {
            Linear($0, $1, initializer: .uniform(bound: 1 / Float($0).squareRoot()), random: &random)
        }
        self.settings = settings[SpikingSettings.self]
        summary =
            "spiking \(widths.map(String.init).joined(separator: "-")), \(self.settings.steps) steps, "
            + "\(self.settings.coding.rawValue) coding"
    }

    /// A spike where the potential exceeds the threshold 1; its derivative is replaced by that of an arctangent,
    /// 1 / (1 + (π·x)²) at the distance x from the threshold (Fang and others, 2021, with α = 2).
    private static func spikes(_ potential: Tensor) -> Tensor {
        customGradient(potential - 1, forward: { $0 .> 0 }) { cotangent, x, _ in
            let distance = x * Float.pi
            return cotangent / (distance * distance + 1)
        }
    }

    /// The potentials of the output in each step, [n, classes], and how often the neurons of each layer have spiked, [n, width].
    func run(_ images: Tensor, _ context: ForwardContext) -> (potentials: [Tensor], spikes: [Tensor]) {
        let inputs = inputs(images, context)
        var potentials = layers.map { Tensor(repeating: 0, shape: [images.shape[0], $0.weight.shape[1]]) }
        var resets = potentials
        var counts = potentials
        var outputs: [Tensor] = []
        for step in 0..<settings.steps {
            var x = inputs(step)
            for (index, layer) in layers.enumerated() {
                let current = index == 0 ? x : layer(x, context)
                potentials[index] = potentials[index] * Float(settings.decay) + current - resets[index]
                x = Self.spikes(potentials[index])
                resets[index] = x.detached
                counts[index] = counts[index] + x.detached
            }
            outputs.append(potentials[layers.count - 1])
        }
        return (outputs, counts)
    }

    /// The current of the first layer in each step.
    private func inputs(_ images: Tensor, _ context: ForwardContext) -> (_ step: Int) -> Tensor {
        let (count, pixels, steps) = (images.shape[0], images.shape[1], settings.steps)
        switch settings.coding {
        case .constant:
            let current = layers[0](images, context)
            return { _ in current }
        case .rate:
            let draws = context.uniform([count, steps, pixels])
            let spikes = draws .< images.reshaped(to: [count, 1, pixels])
            let currents = layers[0](spikes, context)
            return { currents[0..., $0] }
        case .latency:
            // the step of a pixel of value v is (1 - v)·(steps - 1), rounded
            let last = Float(max(1, steps - 1))
            let time = (1 - images) * last
            return { [layers] step in
                let isNow = (time .>= Float(step) - 0.5) * (time .< Float(step) + 0.5) * (images .> 0)
                return layers[0](isNow, context)
            }
        }
    }

    /// The graph of the number of spikes of each class, [n, classes]; of inputs without random numbers.
    func describe(_ images: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        var potentials = [GraphValue?](repeating: nil, count: layers.count)
        var (spikes, count) = (potentials, GraphValue?.none)
        let constant = settings.coding == .constant ? try layers[0].describe(images, in: graph) : nil
        for step in 0..<settings.steps {
            var x = try constant ?? layers[0].describe(describeInput(images, step, graph), in: graph)
            for (index, layer) in layers.enumerated() {
                var potential = index == 0 ? x : try layer.describe(x, in: graph)
                if let last = potentials[index], let reset = spikes[index] {
                    potential = graph.subtract(
                        graph.add(graph.multiply(last, Float(settings.decay)), potential), reset)
                }
                x = graph.isPositive(graph.add(potential, -1))
                (potentials[index], spikes[index]) = (potential, x)
            }
            count = count.map { graph.add($0, x) } ?? x
        }
        return count ?? images
    }

    /// The pixels whose step, by their brightness, this one is.
    private func describeInput(_ images: GraphValue, _ step: Int, _ graph: GraphBuilder) -> GraphValue {
        let last = Float(max(1, settings.steps - 1))
        let time = graph.multiply(graph.add(graph.multiply(images, -1), 1), last)
        // a ≤ b is not a > b
        let isEarlier = graph.isPositive(graph.add(graph.multiply(time, -1), Float(step) - 0.5))
        let isBefore = graph.isPositive(graph.add(graph.multiply(time, -1), Float(step) + 0.5))
        let isNow = graph.multiply(graph.add(graph.multiply(isEarlier, -1), 1), isBefore)
        return graph.multiply(isNow, graph.isPositive(images))
    }
}
