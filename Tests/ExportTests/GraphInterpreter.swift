import Kernels
import Layers
import TensorEngine

/// Computes an exported graph by its definition, in PyTorch's layouts and without any layer.
struct GraphInterpreter {
    private let graph: ModelGraph
    private let names: TensorNames
    private var values: [Int: Tensor] = [:]

    /// The outputs of `function` for `arguments`, in Lockstep's layouts.
    static func run(
        _ function: ExportedFunction, _ arguments: [GraphArgument], of model: any Parameterized
    ) throws -> [Tensor] {
        var interpreter = GraphInterpreter(graph: try ModelGraph(function), names: TensorNames(model))
        for (value, argument) in zip(interpreter.graph.inputs, arguments) {
            switch argument {
            case .tensor(let tensor):
                interpreter.values[value.id] = value.arrangement == .channelsFirst ? channelsFirst(tensor) : tensor
            case .indices(let indices):
                interpreter.values[value.id] = Tensor(indices.values.map { Float($0) }, shape: indices.shape)
            }
        }
        for node in interpreter.graph.nodes {
            for (output, tensor) in zip(node.outputs, try interpreter.compute(node)) {
                interpreter.values[output] = tensor
            }
        }
        return interpreter.graph.outputs.map { value in
            let tensor = interpreter.values[value.id] ?? Tensor(0)
            return value.arrangement == .channelsFirst ? channelsLast(tensor) : tensor
        }
    }

    private init(graph: ModelGraph, names: TensorNames) { (self.graph, self.names) = (graph, names) }

    private static func channelsFirst(_ x: Tensor) -> Tensor {
        x.permuted([0, x.shape.rank - 1] + (1..<(x.shape.rank - 1)))
    }

    private static func channelsLast(_ x: Tensor) -> Tensor { x.permuted([0] + (2..<x.shape.rank) + [1]) }

    private func tensor(_ tensor: GraphTensor) throws -> Tensor {
        let exported = try names.exported(tensor)
        return Tensor(exported.values(), shape: Shape(exported.shape))
    }

    /// A vector of channels that broadcasts to axis 1 of `x`.
    private func channels(_ tensor: GraphTensor, _ x: Tensor) throws -> Tensor {
        let vector = try self.tensor(tensor)
        return vector.reshaped(to: Shape([vector.shape[0]] + [Int](repeating: 1, count: x.shape.rank - 2)))
    }

    private func compute(_ node: GraphNode) throws -> [Tensor] {
        let inputs = node.inputs.map { values[$0] ?? Tensor(0) }
        let x = inputs.first ?? Tensor(0)
        switch node.operation {
        case .linear(let weight, let bias):
            let matrix = try tensor(weight)
            let rows = x.reshaped(to: [x.shape.outerCount, x.shape.innermost]).matrixProduct(matrix.transposed())
            let y = try bias.map { rows + (try tensor($0)) } ?? rows
            return [y.reshaped(to: Shape(x.shape.sizes.dropLast() + [matrix.shape[0]]))]
        case .convolution(let convolution): return [try compute(convolution, x)]
        case .batchNormalization(let weight, let bias, let mean, let variance, let epsilon):
            let deviation = (try channels(variance, x) + epsilon).squareRoot()
            return [(x - (try channels(mean, x))) / deviation * (try channels(weight, x)) + (try channels(bias, x))]
        case .groupNormalization(let groups, let weight, let bias, let epsilon):
            let rows = x.reshaped(to: [x.shape[0] * groups, x.shape.count / x.shape[0] / groups])
            let normalized = normalized(rows, epsilon).reshaped(to: x.shape)
            return [normalized * (try channels(weight, x)) + (try channels(bias, x))]
        case .layerNormalization(let weight, let bias, let epsilon):
            let scaled = normalized(x, epsilon) * (try tensor(weight))
            return [try bias.map { scaled + (try tensor($0)) } ?? scaled]
        case .rmsNormalization(let weight, let epsilon):
            return [x / ((x * x).mean(alongAxis: -1) + epsilon).squareRoot() * (try tensor(weight))]
        case .pooling(let pooling): return [compute(pooling, x)]
        case .function(let function): return [compute(function, x)]
        case .binary(let arithmetic): return [compute(arithmetic, x, inputs[1])]
        case .scalar(let arithmetic, let number): return [compute(arithmetic, x, Tensor(number))]
        case .tensor(let tensor): return [try self.tensor(tensor)]
        case .reshape(let sizes):
            let known = sizes.reduce(1) { $0 * ($1 ?? 1) }
            return [x.reshaped(to: Shape(sizes.map { $0 ?? x.shape.count / known }))]
        case .permute(let axes): return [x.permuted(axes)]
        case .concatenate(let axis): return [.concatenated(inputs, alongAxis: axis)]
        case .slice(let slices):
            return [
                slices.reduce(x) { x, slice in
                    let part = x.slice(slice.start..<(slice.end ?? x.shape[slice.axis]), alongAxis: slice.axis)
                    return part.strided(by: x.shape.sizes.indices.map { $0 == slice.axis ? slice.step : 1 })
                }
            ]
        case .pad(let before, let after): return [x.padded(before: before, after: after)]
        case .reduce(let reduction, let axes, let keepsAxes):
            let reduced = axes.reduce(x) { x, axis in
                switch reduction {
                case .sum: x.sum(alongAxis: axis)
                case .mean: x.mean(alongAxis: axis)
                case .maximum:
                    x.max(alongAxis: axis).reshaped(
                        to: Shape(x.shape.sizes.enumerated().map { $0.offset == axis ? 1 : $0.element }))
                }
            }
            let sizes = reduced.shape.sizes.enumerated().filter { keepsAxes || !axes.contains($0.offset) }
            return [reduced.reshaped(to: Shape(sizes.map(\.element)))]
        case .embedding(let weight):
            let rows = Indices(x.values.map { Int32($0) }, shape: x.shape)
            return [try tensor(weight).gathered(rows: rows)]
        case .firstRows(let table): return [try tensor(table).slice(0..<x.shape[1], alongAxis: 0)]
        case .attention(let heads, let isCausal): return [attention(inputs, heads, isCausal)]
        case .recurrent(let recurrence): return try compute(recurrence, x, lengths: inputs.dropFirst().first)
        case .sequenceMask:
            let time = inputs[1].shape[1]
            let seen = x.values.flatMap { length in (0..<time).map { Float($0) < length ? Float(1) : 0 } }
            return [Tensor(seen, shape: [x.shape[0], time, 1])]
        case .toFloat: return [x]
        }
    }

    private func normalized(_ x: Tensor, _ epsilon: Float) -> Tensor {
        let centered = x - x.mean(alongAxis: -1)
        return centered / ((centered * centered).mean(alongAxis: -1) + epsilon).squareRoot()
    }

    /// As a convolution of images, with the weights [outputs, inputs, height, width] turned by hand.
    private func compute(_ convolution: GraphConvolution, _ x: Tensor) throws -> Tensor {
        let isSequence = convolution.kernel.count == 1
        func extent(_ values: [Int], _ usual: Int) -> Extent {
            Extent(isSequence ? usual : values[0], values.last ?? usual)
        }
        let image = isSequence ? x.reshaped(to: [x.shape[0], x.shape[1], 1, x.shape[2]]) : x
        let weight = try tensor(convolution.weight)
        let own = weight.permuted([2, 3, 1, 0])
        let y: Tensor
        if let more = convolution.outputPadding {
            y = Self.channelsLast(image).transposedConvolution(
                weight: own, stride: extent(convolution.stride, 1), padding: extent(convolution.padding, 0),
                outputPadding: extent(more, 0), dilation: extent(convolution.dilation, 1), groups: convolution.groups)
        } else {
            y = Self.channelsLast(image).convolution(
                weight: own, bias: nil, stride: extent(convolution.stride, 1), padding: extent(convolution.padding, 0),
                dilation: extent(convolution.dilation, 1), groups: convolution.groups, thenReLU: false)
        }
        let biased = Self.channelsFirst(try convolution.bias.map { y + (try tensor($0)) } ?? y)
        return isSequence ? biased.reshaped(to: [biased.shape[0], biased.shape[1], biased.shape[3]]) : biased
    }

    private func compute(_ pooling: GraphPooling, _ x: Tensor) -> Tensor {
        let isSequence = pooling.window.count == 1
        func extent(_ values: [Int], _ usual: Int) -> Extent {
            Extent(isSequence ? usual : values[0], values.last ?? usual)
        }
        let image = isSequence ? x.reshaped(to: [x.shape[0], x.shape[1], 1, x.shape[2]]) : x
        let (window, stride) = (extent(pooling.window, 1), extent(pooling.stride, 1))
        let padding = extent(pooling.padding, 0)
        let y =
            switch pooling.kind {
            case .maximum: Self.channelsLast(image).maxPooled(window: window, stride: stride, padding: padding)
            case .average(let counts):
                Self.channelsLast(image).averagePooled(
                    window: window, stride: stride, padding: padding, countsPadding: counts)
            }
        let pooled = Self.channelsFirst(y)
        return isSequence ? pooled.reshaped(to: [pooled.shape[0], pooled.shape[1], pooled.shape[3]]) : pooled
    }

    private func compute(_ function: GraphFunction, _ x: Tensor) -> Tensor {
        switch function {
        case .relu: x.relu()
        case .tanh: x.tanh()
        case .sigmoid: x.sigmoid()
        case .silu: x.silu()
        case .softplus: x.softplus()
        case .gelu: x.gelu()
        case .geluByTanh: x.geluByTanh()
        case .softmax: x.softmax()
        case .logSoftmax: x.logSoftmax()
        case .exponential: x.exp()
        case .logarithm: x.log()
        case .squareRoot: x.squareRoot()
        case .leakyReLU(let slope): x.leakyReLU(slope: slope)
        case .elu(let alpha): x.elu(alpha: alpha)
        case .isPositive: Tensor(x.values.map { $0 > 0 ? 1 : 0 }, shape: x.shape)
        case .clamp(let least, let most): Tensor(x.values.map { min(max($0, least), most) }, shape: x.shape)
        }
    }

    private func compute(_ arithmetic: GraphArithmetic, _ a: Tensor, _ b: Tensor) -> Tensor {
        switch arithmetic {
        case .add: a + b
        case .subtract: a - b
        case .multiply: a * b
        case .divide: a / b
        }
    }

    /// softmax(q·kᵀ/√width)·v, head by head.
    private func attention(_ inputs: [Tensor], _ heads: Int, _ isCausal: Bool) -> Tensor {
        let (q, k, v) = (inputs[0], inputs[1], inputs[2])
        let (time, keys, width) = (q.shape[1], k.shape[1], q.shape[2] / heads)
        var rows: [Tensor] = []
        for sample in 0..<q.shape[0] {
            var parts: [Tensor] = []
            for head in 0..<heads {
                func part(_ x: Tensor) -> Tensor {
                    x.slice(sample..<(sample + 1), alongAxis: 0)
                        .slice((head * width)..<((head + 1) * width), alongAxis: 2)
                        .reshaped(to: [x.shape[1], width])
                }
                let mask = Tensor(
                    (0..<(time * keys)).map { index in
                        let (row, key) = index.quotientAndRemainder(dividingBy: keys)
                        let isSeen =
                            (!isCausal || key <= row + keys - time)
                            && (inputs.count < 4 || Float(key) < inputs[3].values[sample])
                        return isSeen ? 0 : -1e30
                    }, shape: [time, keys])
                let scores = part(q).matrixProduct(part(k).transposed()) * (1 / Float(width).squareRoot()) + mask
                parts.append(scores.softmax().matrixProduct(part(v)))
            }
            rows.append(Tensor.concatenated(parts, alongAxis: 1).reshaped(to: [1, time, heads * width]))
        }
        return .concatenated(rows, alongAxis: 0)
    }

    /// Cell by cell, by the equations of PyTorch's documentation.
    private func compute(_ recurrence: GraphRecurrence, _ x: Tensor, lengths: Tensor?) throws -> [Tensor] {
        let (samples, time, hidden) = (x.shape[0], x.shape[1], recurrence.hidden)
        var (input, finals) = (x, Tensor(0))
        for layer in recurrence.layers {
            var (sides, last): ([Tensor], [Tensor]) = ([], [])
            for (side, direction) in layer.enumerated() {
                let w = try tensor(direction.inputWeight).transposed()
                let u = try tensor(direction.recurrentWeight).transposed()
                let b = try tensor(direction.bias)
                let c = try direction.recurrentBias.map { try tensor($0) }
                var (outputs, ends): ([Tensor], [Tensor]) = ([], [])
                for sample in 0..<samples {
                    let length = lengths.map { Int($0.values[sample]) } ?? time
                    var (h, cell) = (
                        Tensor(repeating: 0, shape: [1, hidden]), Tensor(repeating: 0, shape: [1, hidden])
                    )
                    var rows = [Tensor](repeating: Tensor(repeating: 0, shape: [1, hidden]), count: time)
                    for position in side == 0 ? Array(0..<length) : (0..<length).reversed() {
                        let row = input.slice(sample..<(sample + 1), alongAxis: 0)
                            .slice(position..<(position + 1), alongAxis: 1).reshaped(to: [1, input.shape[2]])
                        let p = row.matrixProduct(w) + b
                        let product = h.matrixProduct(u)
                        let v = c.map { product + $0 } ?? product
                        func gate(_ number: Int, _ z: Tensor) -> Tensor {
                            z.slice((number * hidden)..<((number + 1) * hidden), alongAxis: 1)
                        }
                        switch recurrence.kind {
                        case .elmanByTanh: h = (p + v).tanh()
                        case .elmanByReLU: h = (p + v).relu()
                        case .lstm:
                            let z = p + v
                            cell =
                                gate(1, z).sigmoid() * cell + gate(0, z).sigmoid() * gate(2, z).tanh()
                            h = gate(3, z).sigmoid() * cell.tanh()
                        case .gru:
                            let (r, z) = ((gate(0, p) + gate(0, v)).sigmoid(), (gate(1, p) + gate(1, v)).sigmoid())
                            let n = (gate(2, p) + r * gate(2, v)).tanh()
                            h = (1 - z) * n + z * h
                        }
                        rows[position] = h
                    }
                    outputs.append(Tensor.concatenated(rows, alongAxis: 0).reshaped(to: [1, time, hidden]))
                    ends.append(h)
                }
                sides.append(.concatenated(outputs, alongAxis: 0))
                last.append(.concatenated(ends, alongAxis: 0))
            }
            input = .concatenated(sides, alongAxis: 2)
            finals = .concatenated(last, alongAxis: 1)
        }
        return [input, finals]
    }
}
