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
    /// What each element of the input stays in.
    public var range: ClosedRange<Float>?
    /// Height and width of an image: only smooth ones are searched, which a Gaussian of `blur` pixels has blurred. Else the
    /// search finds the noise that a network answers more than any image.
    public var image: (height: Int, width: Int)?
    /// The standard deviation of the Gaussian, in pixels; 0 = none.
    public var blur: Float = 1
    /// The seed of the noise that the ascent begins at.
    public var seed: UInt64 = 0

    /// The usual search.
    public init() {}
}

extension Explainer {
    /// An input, of the shape of the samples, for which the output `target` of the model is large, or with a `layer`
    /// the mean of the channel `target` there; and that value.
    ///
    /// Gradient ascent with normalized steps on `a(x) - decay·mean x²`, from normal noise. Sources: Erhan et al.,
    /// "Visualizing higher-layer features of a deep network", 2009; for images on the x that are blurred images, by steps of what is
    /// blurred: Olah, Mordvintsev, Schubert, "Feature visualization", 2017, of preconditioning.
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
        let blurred = search.blurring(shape, isChannelsFirst: graph.values[variable].arrangement == .channelsFirst)
        var x = Tensor(shape: shape) { random.fill($0, mean: 0, deviation: 0.1) }
        for _ in 0..<search.steps {
            let variable = x.tracked
            let input = blurred(variable)
            let goal = activation(input) - (input * input).mean() * search.decay
            guard goal.isTracked else { break }
            let slope = gradients(of: goal, withRespectTo: [variable])[0]
            let size = (slope * slope).mean().squareRoot().scalar
            guard size > 0, size.isFinite else { break }
            x = (x + slope * (search.stepSize / size)).detached
            if let range = search.range { x = x.clamped(to: range) }
        }
        x = blurred(x)
        let value = activation(x).scalar
        let own = graph.inputs[0].arrangement == .channelsFirst && !explainsTokens ? x.channelsLast : x
        return (own, value)
    }
}

extension ActivationMaximization {
    /// The blur of an image of this shape. Each pixel is a weighted mean, so that it stays in the range of the others.
    fileprivate func blurring(_ shape: Shape, isChannelsFirst: Bool) -> (Tensor) -> Tensor {
        guard let image, blur > 0 else { return { $0 } }
        let channels = shape.count / (image.height * image.width)
        let (outer, inner) = isChannelsFirst ? (channels, 1) : (1, channels)
        let (down, across) = (means(image.height, outer), means(image.width, outer * image.height))
        return { x in
            let columns = down.batchedMatrixProduct(x.reshaped(to: [outer, image.height, image.width * inner]))
            return across.batchedMatrixProduct(columns.reshaped(to: [outer * image.height, image.width, inner]))
                .reshaped(to: shape)
        }
    }

    /// The matrix of weighted means of `size` pixels, `count` times.
    private func means(_ size: Int, _ count: Int) -> Tensor {
        let places = Tensor((0..<size).map { Float($0) }, shape: [size, 1])
        let distances = (places - places.reshaped(to: [1, size])) * (1 / blur)
        let weights = (distances * distances * -0.5).softmax()
        return weights.reshaped(to: [1, size, size]).broadcast(to: [count, size, size])
    }
}
