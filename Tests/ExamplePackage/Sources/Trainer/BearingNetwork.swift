import Lockstep

/// A gated residual layer `x + tanh(f(x)) · sigmoid(g(x))` over time, f and g convolutions. Source: van den Oord et al.,
/// "WaveNet", 2016, section 2.3.
struct GatedConvolution: Module {
    let filter, gate: Convolution1D
    var parameters: ParameterTree { ["filter": filter, "gate": gate] }

    init(channels: Int, kernel: Int, dilation: Int, random: inout InitializationRandom) {
        let padding = (kernel - 1) / 2 * dilation
        filter = Convolution1D(
            channels, channels, kernel: kernel, padding: padding, dilation: dilation, random: &random)
        gate = Convolution1D(
            channels, channels, kernel: kernel, padding: padding, dilation: dilation, random: &random)
    }

    /// [n, length, channels] → the same shape.
    func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor {
        x + filter(x, context).tanh() * gate(x, context).sigmoid()
    }

    /// The same as a graph, for `export`.
    func describe(_ x: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        let (filtered, opened) = (try filter.describe(x, in: graph), try gate.describe(x, in: graph))
        return graph.add(x, graph.multiply(graph.tanh(filtered), graph.sigmoid(opened)))
    }
}

/// From the vibration and the conditions of operation to the hours left: a normal distribution of their number.
struct BearingNetwork: Parameterized {
    let entry: Convolution1D
    let layers: [GatedConvolution]
    let hidden, head: Linear
    /// The least variance that it may claim.
    let floor: Float

    var parameters: ParameterTree {
        [
            "entry": entry, "layers": ParameterTree(layers.enumerated().map { ("\($0)", $1) }), "hidden": hidden,
            "head": head,
        ]
    }

    init(_ settings: Settings) {
        var random = InitializationRandom(seed: settings.seed)
        let width = settings.model.width
        entry = Convolution1D(1, width, kernel: 8, stride: 4, random: &random)
        layers = (0..<settings.model.layers).map {
            GatedConvolution(channels: width, kernel: settings.bearings.kernel, dilation: 1 << $0, random: &random)
        }
        hidden = Linear(width + 2, width, thenReLU: true, random: &random)
        head = Linear(width, 2, initializer: .zeros, random: &random)
        floor = Float(settings.bearings.leastDeviation * settings.bearings.leastDeviation)
    }

    /// Vibrations [n, window, 1] and conditions [n, 2] → means [n, 1] and logarithms of the variances [n, 1].
    func callAsFunction(
        _ vibrations: Tensor, _ conditions: Tensor, _ context: ForwardContext
    ) -> (mean: Tensor, logVariance: Tensor) {
        var x = entry(vibrations, context)
        for layer in layers { x = layer(x, context) }
        let energy = (x * x).sum(alongAxis: 1) * (1 / Float(x.shape[1]))
        let features = Tensor.concatenated(
            [(energy + 1e-6).log().reshaped(to: [x.shape[0], x.shape[2]]), conditions], alongAxis: 1)
        let outputs = head(hidden(features, context), context)
        let logVariance = (outputs.slice(1..<2, alongAxis: 1).exp() + floor).log()
        return (outputs.slice(0..<1, alongAxis: 1), logVariance)
    }

    /// The graph of the mean and of the logarithm of the variance.
    func describe(_ vibrations: GraphValue, _ conditions: GraphValue, in graph: GraphBuilder) throws -> [GraphValue] {
        var x = try entry.describe(vibrations, in: graph)
        for layer in layers { x = try layer.describe(x, in: graph) }
        let energy = graph.mean(graph.multiply(x, x), alongAxis: 1, keepsAxis: false)
        let features = graph.concatenated([graph.log(graph.add(energy, 1e-6)), conditions], alongAxis: 1)
        let outputs = try head.describe(hidden.describe(features, in: graph), in: graph)
        let variance = graph.add(graph.exp(graph.slice(outputs, 1..<2, alongAxis: 1)), floor)
        return [graph.slice(outputs, 0..<1, alongAxis: 1), graph.log(variance)]
    }
}
