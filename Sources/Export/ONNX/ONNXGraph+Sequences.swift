import Layers

/// Attention and recurrent layers.
extension ONNXGraph {
    /// The size of `x` along an axis, [1].
    mutating func size(_ x: String, axis: Int) -> String {
        shared("size \(x) \(axis)") {
            $0.emit("Shape", [x], [("start", .integer(axis)), ("end", .integer(axis + 1))])
        }
    }

    /// 0, 1, … for the positions of `x`, the axis 1.
    mutating func positions(_ x: String) -> String {
        shared("positions \(x)") {
            let end = $0.emit("Squeeze", [$0.size(x, axis: 1), $0.integers([0])])
            return $0.emit("Range", [$0.integers([0], isScalar: true), end, $0.integers([1], isScalar: true)])
        }
    }

    /// `softmax(q·kᵀ/√width)·v` for each head.
    mutating func attention(_ node: GraphNode, heads: Int, isCausal: Bool) -> String {
        let values = node.inputs.map { graph.values[$0] }
        let inputs = node.inputs.map(name)
        let width = values[0].width / heads
        func split(_ x: String, _ axes: [Int], _ graph: inout ONNXGraph) -> String {
            let parts = graph.emit("Reshape", [x, graph.integers([0, 0, heads, width])])
            return graph.emit("Transpose", [parts], [("perm", .integers(axes))])
        }
        let scaled = emit("Mul", [inputs[0], number(1 / Float(width).squareRoot())])
        let queries = split(scaled, [0, 2, 1, 3], &self)
        let keys = split(inputs[1], [0, 2, 3, 1], &self)
        var scores = emit("MatMul", [queries, keys])
        for isSeen in masks(inputs, values, isCausal: isCausal) {
            scores = emit("Where", [isSeen, scores, number(-.infinity)])
        }
        let probabilities = emit("Softmax", [scores], [("axis", .integer(-1))])
        let seen = emit("MatMul", [probabilities, split(inputs[2], [0, 2, 1, 3], &self)])
        let rows = emit("Transpose", [seen], [("perm", .integers([0, 2, 1, 3]))])
        return emit("Reshape", [rows, integers([0, 0, heads * width])])
    }

    /// Which keys are seen: masks that broadcast to [n, heads, queries, keys]. Blocks of the same axes share them.
    private mutating func masks(_ inputs: [String], _ values: [GraphValue], isCausal: Bool) -> [String] {
        var masks: [String] = []
        let (time, keys) = (values[0].shape[1], values[1].shape[1])
        if isCausal {
            // query i sees the keys up to i + keys - queries
            masks.append(
                shared("causal \(time) \(keys)") {
                    let more = $0.emit("Sub", [$0.size(inputs[1], axis: 1), $0.size(inputs[0], axis: 1)])
                    let last = $0.emit("Add", [$0.positions(inputs[0]), more])
                    return $0.emit(
                        "LessOrEqual", [$0.positions(inputs[1]), $0.emit("Unsqueeze", [last, $0.integers([1])])])
                })
        }
        if inputs.count > 3 {
            masks.append(
                shared("lengths \(inputs[3]) \(keys)") {
                    let lengths = $0.emit("Unsqueeze", [inputs[3], $0.integers([1, 2, 3])])
                    return $0.emit("Less", [$0.positions(inputs[1]), lengths])
                })
        }
        return masks
    }

    /// An operator for each layer, over [time, n, features].
    mutating func addRecurrent(_ recurrence: GraphRecurrence, _ node: GraphNode) throws {
        let (hidden, directions) = (recurrence.hidden, recurrence.layers[0].count)
        var x = emit("Transpose", [name(node.inputs[0])], [("perm", .integers([1, 0, 2]))])
        let lengths =
            node.inputs.count > 1 ? emit("Cast", [name(node.inputs[1])], [("to", .integer(6))]) : ""
        var attributes: [(String, ONNXAttribute)] = [
            ("hidden_size", .integer(hidden)),
            ("direction", .text(directions == 2 ? "bidirectional" : "forward")),
        ]
        switch recurrence.kind {
        case .gru: attributes.append(("linear_before_reset", .integer(1)))
        case .elmanByReLU: attributes.append(("activations", .texts([String](repeating: "Relu", count: directions))))
        case .elmanByTanh, .lstm: break
        }
        var state = ""
        for layer in recurrence.layers {
            let tensors = try weights(layer, recurrence)
            let outputs = emit(
                recurrence.kind.onnx, [x] + tensors + (lengths.isEmpty ? [] : [lengths]), attributes,
                outputs: [nil, nil])
            state = outputs[1]
            let sides = emit("Transpose", [outputs[0]], [("perm", .integers([0, 2, 1, 3]))])
            x = emit("Reshape", [sides, integers([0, 0, directions * hidden])])
        }
        setName(node.outputs[0], emit("Transpose", [x], [("perm", .integers([1, 0, 2]))]))
        let rows = emit("Transpose", [state], [("perm", .integers([1, 0, 2]))])
        setName(node.outputs[1], emit("Reshape", [rows, integers([0, directions * hidden])]))
    }

    /// The operator's W, R and B of both directions, with its order of the gates.
    private mutating func weights(
        _ layer: [GraphRecurrence.Direction], _ recurrence: GraphRecurrence
    ) throws -> [String] {
        let (order, hidden) = (recurrence.kind.gateOrder, recurrence.hidden)
        func gates(_ values: [Float]) -> [Float] {
            let size = values.count / order.count
            return order.flatMap { values[($0 * size)..<(($0 + 1) * size)] }
        }
        let names = self.names
        func all(_ part: (GraphRecurrence.Direction) -> GraphTensor) throws -> (name: String, values: () -> [Float]) {
            let tensors = try layer.map { try names.exported(part($0)) }
            return (tensors[0].name ?? "", { tensors.flatMap { gates($0.values()) } })
        }
        let (input, recurrent) = (try all(\.inputWeight), try all(\.recurrentWeight))
        let (directions, rows) = (layer.count, order.count * hidden)
        let inputs = try names.exported(layer[0].inputWeight).shape[1]
        let biases = try layer.map { direction in
            (try names.exported(direction.bias), try direction.recurrentBias.map { try names.exported($0) })
        }
        return [
            tensor("\(input.name).gates", shape: [directions, rows, inputs], input.values),
            tensor("\(recurrent.name).gates", shape: [directions, rows, hidden], recurrent.values),
            tensor("\(biases[0].0.name ?? "").gates", shape: [directions, 2 * rows]) {
                biases.flatMap { bias, recurrentBias in
                    gates(bias.values())
                        + (recurrentBias.map { gates($0.values()) } ?? [Float](repeating: 0, count: rows))
                }
            },
        ]
    }
}

extension GraphRecurrence.Kind {
    /// The operator.
    fileprivate var onnx: String {
        switch self {
        case .lstm: "LSTM"
        case .gru: "GRU"
        case .elmanByTanh, .elmanByReLU: "RNN"
        }
    }

    /// The operator's order of our gates: i, o, f, c of i, f, g, o; z, r, h of r, z, n.
    fileprivate var gateOrder: [Int] {
        switch self {
        case .lstm: [0, 3, 1, 2]
        case .gru: [1, 0, 2]
        case .elmanByTanh, .elmanByReLU: [0]
        }
    }
}
