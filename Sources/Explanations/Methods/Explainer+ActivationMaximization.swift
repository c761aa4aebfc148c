import Kernels
public import Layers
public import TensorEngine

/// How an input is searched that a unit answers most.
public struct ActivationMaximization: Sendable {
    /// Steps of gradient ascent.
    public var steps = 200
    /// The length of a step, in root mean squares of the gradient.
    public var stepSize: Float = 0.1
    /// The penalty on the squares of the input, which keeps it small.
    public var decay: Float = 0.02
    /// The seed of the noise that the ascent begins at.
    public var seed: UInt64 = 0

    /// The usual search.
    public init() {}
}

extension Explainer {
    /// An input, of the shape of the samples, for which the output `target` of the model is large, or with a `layer`
    /// the mean of the channel `target` there; and that value.
    ///
    /// Gradient ascent with normalized steps on `a(x) - decay·mean x²`, from normal noise. Source: Erhan et al.,
    /// "Visualizing higher-layer features of a deep network", 2009.
    public func maximizer(
        of target: Int, layer: String? = nil, like arguments: [GraphArgument], _ search: ActivationMaximization
    ) throws -> (input: Tensor, value: Float) {
        let shape = GraphInterpreter.run(graph, arguments)[variable]?.tensor.shape ?? []
        let query = Query(arguments: arguments, x: Tensor(repeating: 0, shape: shape), target: target, output: 0)
        let id = try layer.map { try self.value(of: $0) } ?? graph.outputs[0].id
        let axis = layer != nil && graph.values[id].arrangement == .channelsFirst ? 1 : -1
        func activation(_ x: Tensor) -> Tensor {
            let values = GraphInterpreter.run(graph, arguments, replacing: [variable: x])
            guard layer != nil else { return self.output(query, at: x) }
            return (values[id]?.tensor ?? Tensor(0)).slice(target..<(target + 1), alongAxis: axis).mean()
        }
        let found = GraphInterpreter.run(graph, arguments)[id]?.tensor.shape ?? []
        let count = axis == 1 ? found[1] : found.innermost
        guard (0..<count).contains(target) else { throw ExplanationError.noOutput(target, count: count) }
        var random = PhiloxGenerator(seed: search.seed, purpose: .explanation, stream: 1 << 32)
        var x = Tensor(shape: shape) { random.fill($0, mean: 0, deviation: 0.1) }
        for _ in 0..<search.steps {
            let variable = x.tracked
            let goal = activation(variable) - (variable * variable).mean() * search.decay
            guard goal.isTracked else { break }
            let slope = gradients(of: goal, withRespectTo: [variable])[0]
            let size = (slope * slope).mean().squareRoot().scalar
            guard size > 0, size.isFinite else { break }
            x = (x + slope * (search.stepSize / size)).detached
        }
        let value = activation(x).scalar
        let own = graph.inputs[0].arrangement == .channelsFirst && !explainsTokens ? x.channelsLast : x
        return (own, value)
    }
}
