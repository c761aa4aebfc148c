import Kernels
import Layers
import TensorEngine

/// Computes the graph of a model with tensors, value by value, so that each can be read, replaced and differentiated.
///
/// Values have the layouts of the graph, which are PyTorch's. With a relevance rule the values are the same, but their
/// gradients are those of layer-wise relevance propagation.
struct GraphInterpreter {
    let graph: ModelGraph
    let rule: RelevanceRule?
    var values: [GraphArgument?]
    /// Of outputs that only a batch normalization takes: the layer that computes them.
    var unfolded: [Int: (layer: AffineLayer, input: Int)] = [:]
    let foldable: Set<Int>

    /// The values of the graph, by number.
    /// - Parameters:
    ///   - arguments: the inputs in Lockstep's layouts.
    ///   - replacements: values that are given instead of being computed.
    static func run(
        _ graph: ModelGraph, _ arguments: [GraphArgument], replacing replacements: [Int: Tensor] = [:],
        rule: RelevanceRule? = nil
    ) -> [GraphArgument?] {
        var interpreter = GraphInterpreter(graph, rule)
        for (value, argument) in zip(graph.inputs, arguments) {
            switch argument {
            case .tensor(let tensor):
                interpreter.values[value.id] = .tensor(
                    value.arrangement == .channelsFirst ? tensor.channelsFirst : tensor)
            case .indices: interpreter.values[value.id] = argument
            }
        }
        for (id, tensor) in replacements { interpreter.values[id] = .tensor(tensor) }
        for node in graph.nodes where replacements[node.outputs[0]] == nil { interpreter.compute(node) }
        return interpreter.values
    }

    private init(_ graph: ModelGraph, _ rule: RelevanceRule?) {
        (self.graph, self.rule) = (graph, rule)
        values = [GraphArgument?](repeating: nil, count: graph.values.count)
        guard rule != nil else {
            foldable = []
            return
        }
        var users: [Int: [GraphNode]] = [:]
        for node in graph.nodes { for input in node.inputs { users[input, default: []].append(node) } }
        let outputs = Set(graph.outputs.map(\.id))
        foldable = Set(
            users.compactMap { id, users in
                guard users.count == 1, !outputs.contains(id), case .batchNormalization = users[0].operation else {
                    return nil
                }
                return id
            })
    }

    func tensor(_ id: Int) -> Tensor { values[id]?.tensor ?? Tensor(0) }
    func indices(_ id: Int) -> Indices { values[id]?.indices ?? Indices([]) }

    private mutating func compute(_ node: GraphNode) {
        if case .recurrent(let recurrence) = node.operation {
            let lengths = node.inputs.count > 1 ? indices(node.inputs[1]) : nil
            let (outputs, state) = recurrent(tensor(node.inputs[0]), recurrence, lengths: lengths)
            values[node.outputs[0]] = .tensor(outputs)
            values[node.outputs[1]] = .tensor(state)
        } else if case .toFloat = node.operation {
            let lengths = indices(node.inputs[0])
            values[node.outputs[0]] = .tensor(Tensor(lengths.values.map { Float($0) }, shape: lengths.shape))
        } else {
            values[node.outputs[0]] = .tensor(output(of: node))
        }
    }

    private mutating func output(of node: GraphNode) -> Tensor {
        let inputs = node.inputs
        switch node.operation {
        case .linear(let weight, let bias):
            return affine(.linear(weight: weight.inPyTorch, bias: bias?.own), inputs[0], node.outputs[0])
        case .convolution(let convolution):
            return affine(.convolution(convolution), inputs[0], node.outputs[0])
        case .batchNormalization(let weight, let bias, let mean, let variance, let epsilon):
            let scale = weight.own / (variance.own + epsilon).squareRoot()
            return batchNormalized(inputs[0], scale: scale, shift: bias.own - mean.own * scale)
        case .groupNormalization(let groups, let weight, let bias, let epsilon):
            return groupNormalized(tensor(inputs[0]), groups, weight.own, bias.own, epsilon)
        case .layerNormalization(let weight, let bias, let epsilon):
            let x = tensor(inputs[0])
            let centered = x - x.mean(alongAxis: -1)
            return normalized(centered, (centered * centered).mean(alongAxis: -1), weight.own, bias?.own, epsilon)
        case .rmsNormalization(let weight, let epsilon):
            let x = tensor(inputs[0])
            return normalized(x, (x * x).mean(alongAxis: -1), weight.own, nil, epsilon)
        case .pooling(let pooling): return pooled(tensor(inputs[0]), pooling)
        case .function(let function): return self.function(function, tensor(inputs[0]))
        case .binary(let arithmetic): return binary(arithmetic, tensor(inputs[0]), tensor(inputs[1]))
        case .scalar(let arithmetic, let number): return binary(arithmetic, tensor(inputs[0]), Tensor(number))
        case .tensor(let tensor): return tensor.inPyTorch
        case .embedding(let weight):
            let (table, rows) = (weight.inPyTorch, indices(inputs[0]))
            let flat = Indices(rows.values)
            return table.gathered(rows: flat).reshaped(to: Shape(rows.shape.sizes + [table.shape[1]]))
        case .firstRows(let table): return table.inPyTorch.slice(0..<tensor(inputs[0]).shape[1], alongAxis: 0)
        case .attention(let heads, let isCausal):
            let lengths = inputs.count > 3 ? indices(inputs[3]) : nil
            return attention(inputs.prefix(3).map { tensor($0) }, heads: heads, isCausal, lengths)
        case .sequenceMask: return Self.mask(indices(inputs[0]), time: tensor(inputs[1]).shape[1])
        case .reshape, .permute, .concatenate, .slice, .pad, .reduce:
            return rearranged(node.operation, inputs.map { tensor($0) })
        case .recurrent, .toFloat: return Tensor(0)
        }
    }

    private func rearranged(_ operation: GraphOperation, _ inputs: [Tensor]) -> Tensor {
        let x = inputs[0]
        switch operation {
        case .reshape(let sizes):
            let known = sizes.compactMap { $0 }.reduce(1, *)
            return x.reshaped(to: Shape(sizes.map { $0 ?? x.shape.count / max(known, 1) }))
        case .permute(let axes): return x.permuted(axes)
        case .concatenate(let axis): return .concatenated(inputs, alongAxis: axis)
        case .slice(let slices):
            var result = x
            for slice in slices {
                let size = result.shape[slice.axis]
                result = result.slice(slice.start..<min(slice.end ?? size, size), alongAxis: slice.axis)
                guard slice.step > 1 else { continue }
                var steps = [Int](repeating: 1, count: result.shape.rank)
                steps[slice.axis] = slice.step
                result = result.strided(by: steps)
            }
            return result
        case .pad(let before, let after): return x.padded(before: before, after: after)
        case .reduce(let reduction, let axes, let keepsAxes):
            var result = x
            for axis in axes {
                switch reduction {
                case .sum: result = result.sum(alongAxis: axis)
                case .mean: result = result.mean(alongAxis: axis)
                case .maximum:
                    let largest = result.max(alongAxis: axis)
                    var sizes = result.shape.sizes
                    sizes[axis] = 1
                    result = largest.reshaped(to: Shape(sizes))
                }
            }
            guard !keepsAxes else { return result }
            return result.reshaped(
                to: Shape(result.shape.sizes.enumerated().filter { !axes.contains($0.offset) }.map(\.element)))
        default: return x
        }
    }

    /// 1 at the positions below each of the lengths [n], else 0: [n, time, 1].
    static func mask(_ lengths: Indices, time: Int) -> Tensor {
        Tensor(
            lengths.values.flatMap { length in (0..<time).map { $0 < Int(length) ? 1 : 0 } },
            shape: [lengths.count, time, 1])
    }
}

extension GraphTensor {
    /// The elements in Lockstep's layout, untracked.
    var own: Tensor {
        switch self {
        case .parameter(let reference): reference.parameter.value.detached
        case .statistic(let reference): reference.statistic.value.detached
        case .constant(let tensor): tensor.detached
        }
    }

    /// The elements in PyTorch's layout, untracked.
    var inPyTorch: Tensor {
        guard case .parameter(let reference) = self, let axes = reference.parameter.axes else { return own }
        let shape = reference.parameter.shape.sizes
        return Tensor(
            axes.inPyTorch(reference.parameter.value.values, shape: shape), shape: Shape(axes.pyTorchShape(of: shape)))
    }
}

extension Tensor {
    /// [n, …, channels] → [n, channels, …].
    var channelsFirst: Tensor {
        shape.rank < 3 ? self : permuted([0, shape.rank - 1] + (1..<(shape.rank - 1)))
    }

    /// [n, channels, …] → [n, …, channels].
    var channelsLast: Tensor { shape.rank < 3 ? self : permuted([0] + (2..<shape.rank) + [1]) }
}
