import Kernels
public import Layers
public import TensorEngine

/// Explains the predictions of a model that describes its graph (`Module.describe`).
///
/// The graph is computed value by value in inference, so that the activations, gradients and relevances of all layers
/// are at hand. All methods explain one sample at a time, are *local*, and a function of their arguments alone.
public struct Explainer {
    let graph: ModelGraph
    let function: ExportedFunction
    private let names: LayerNames
    /// The value that is differentiated: the input, or the embedding of its tokens.
    let variable: Int
    /// Whether the first input is tokens.
    public let explainsTokens: Bool

    /// For a function of `model`. Throws if a layer does not describe its graph, or the input is not differentiable.
    public init(_ function: ExportedFunction, of model: any Parameterized) throws {
        graph = try ModelGraph(function)
        self.function = function
        names = LayerNames(graph, model)
        let input = graph.inputs[0]
        explainsTokens = input.isInteger
        guard input.isInteger else {
            variable = input.id
            return
        }
        let embedding = graph.nodes.first { node in
            if case .embedding = node.operation { node.inputs[0] == input.id } else { false }
        }
        guard let embedding else { throw ExplanationError.notDifferentiable(function.inputs[0].name) }
        variable = embedding.outputs[0]
    }

    /// The names of the layers, in the order in which they are computed.
    public var layers: [String] { names.layers.map(\.name) }

    /// The outputs for one sample, such as logits: those of the last position where there are several.
    public func outputs(_ arguments: [GraphArgument]) -> [Float] {
        lastRow(GraphInterpreter.run(graph, arguments)).values
    }

    /// The activations of a layer for one sample, as PyTorch has them: [1, channels, height, width] of a convolution.
    public func activations(of layer: String, _ arguments: [GraphArgument]) throws -> Tensor {
        let value = try names.value(of: layer)
        return GraphInterpreter.run(graph, arguments)[value]?.tensor.detached ?? Tensor(0)
    }

    /// The contributions of the elements of a sample to the output number `target`.
    /// - Parameter arguments: the inputs of the function for one sample; their first axis has size 1.
    public func attribution(
        _ method: AttributionMethod, of target: Int, for arguments: [GraphArgument]
    ) throws -> Attribution {
        let values = GraphInterpreter.run(graph, arguments)
        let outputs = lastRow(values).values
        guard outputs.indices.contains(target) else {
            throw ExplanationError.noOutput(target, count: outputs.count)
        }
        guard outputs[target].isFinite else { throw ExplanationError.notFinite(outputs[target]) }
        let x = values[variable]?.tensor.detached ?? Tensor(0)
        let query = Query(arguments: arguments, x: x, target: target, output: outputs[target])
        switch method {
        case .saliency: return made(gradient(query).absoluteValue(), query)
        case .inputTimesGradient: return made(x * gradient(query), query)
        case .integratedGradients(let steps, let baseline): return integratedGradients(query, steps, baseline)
        case .smoothGrad(let samples, let noise, let seed): return smoothGradient(query, samples, noise, seed)
        case .gradCAM(let layer): return try gradCAM(query, layer)
        case .relevance(let rule):
            return made(x * gradient(query, rule: rule), query, expectedSum: query.output)
        case .occlusion(let parts, let baseline): return occlusion(query, parts, baseline)
        }
    }

    /// What is explained: an output of a sample, whose differentiated value is `x`.
    struct Query {
        let arguments: [GraphArgument]
        let x: Tensor
        let target: Int
        let output: Float
    }

    /// The outputs of the last position of the last sample: [outputs].
    private func lastRow(_ values: [GraphArgument?]) -> Tensor {
        let output = values[graph.outputs[0].id]?.tensor ?? Tensor(0)
        let rows = output.reshaped(to: [output.shape.outerCount, output.shape.innermost])
        return rows.slice((rows.shape[0] - 1)..<rows.shape[0], alongAxis: 0).reshaped(to: [rows.shape[1]])
    }

    /// The output that is explained, with `x` in place of the differentiated value; a scalar.
    func output(_ query: Query, at x: Tensor, rule: RelevanceRule? = nil) -> Tensor {
        let values = GraphInterpreter.run(graph, query.arguments, replacing: [variable: x], rule: rule)
        return lastRow(values).slice(query.target..<(query.target + 1), alongAxis: 0).sum()
    }

    /// The gradient of the output, at the sample or elsewhere.
    func gradient(_ query: Query, at x: Tensor? = nil, rule: RelevanceRule? = nil) -> Tensor {
        let variable = (x ?? query.x).tracked
        let output = output(query, at: variable, rule: rule)
        guard output.isTracked else { return Tensor(repeating: 0, shape: variable.shape) }
        return gradients(of: output, withRespectTo: [variable])[0]
    }

    /// An attribution in Lockstep's layout; of tokens the sums over their embeddings.
    func made(_ values: Tensor, _ query: Query, expectedSum: Float? = nil) -> Attribution {
        let own: Tensor
        if explainsTokens {
            own = values.sum(alongAxis: -1).reshaped(to: Shape(Array(values.shape.sizes.dropLast())))
        } else {
            own = graph.inputs[0].arrangement == .channelsFirst ? values.channelsLast : values
        }
        return Attribution(values: own.detached, output: query.output, expectedSum: expectedSum)
    }

    /// The number of the value of a layer.
    func value(of layer: String) throws -> Int { try names.value(of: layer) }

    /// The value of the layer `name`; without a name that of the last convolution.
    func channels(of name: String?) throws -> Int {
        if let name {
            let value = try names.value(of: name)
            guard graph.values[value].rank > 2, graph.values[value].arrangement == .channelsFirst else {
                throw ExplanationError.noChannels(name)
            }
            return value
        }
        let convolution = graph.nodes.last { node in
            if case .convolution = node.operation { true } else { false }
        }
        guard let convolution else { throw ExplanationError.noChannels(nil) }
        return convolution.outputs[0]
    }
}
