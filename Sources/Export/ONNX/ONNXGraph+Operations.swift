import Layers

extension ONNXGraph {
    /// Adds the operators of a node.
    mutating func add(_ node: GraphNode) throws {
        if case .recurrent(let recurrence) = node.operation {
            return try addRecurrent(recurrence, node)
        }
        setName(node.outputs[0], try emit(node))
    }

    private mutating func emit(_ node: GraphNode) throws -> String {
        let inputs = node.inputs.map(name)
        let x = inputs.first ?? ""
        func rank() -> Int { graph.values[node.inputs[0]].rank }
        switch node.operation {
        case .linear(let weight, let bias): return try linear(x, rank: rank(), weight, bias)
        case .convolution(let convolution): return try emit(convolution, x)
        case .batchNormalization(let weight, let bias, let mean, let variance, let epsilon):
            let tensors = [try tensor(weight), try tensor(bias), try tensor(mean), try tensor(variance)]
            return emit("BatchNormalization", [x] + tensors, [("epsilon", .float(epsilon))])
        case .groupNormalization(let groups, let weight, let bias, let epsilon):
            return try groupNormalization(x, rank: rank(), groups, weight, bias, epsilon)
        case .layerNormalization(let weight, let bias, let epsilon):
            let tensors = [try tensor(weight)] + (try bias.map { [try tensor($0)] } ?? [])
            return emit("LayerNormalization", [x] + tensors, [("axis", .integer(-1)), ("epsilon", .float(epsilon))])
        case .rmsNormalization(let weight, let epsilon):
            let square = emit("Mul", [x, x])
            let mean = emit("ReduceMean", [square], [("axes", .integers([-1])), ("keepdims", .integer(1))])
            let root = emit("Sqrt", [emit("Add", [mean, number(epsilon)])])
            return emit("Mul", [emit("Div", [x, root]), try tensor(weight)])
        case .pooling(let pooling): return emit(pooling, x)
        case .function(let function): return emit(function, x)
        case .binary(let arithmetic): return emit(arithmetic.onnx, inputs)
        case .scalar(let arithmetic, let value): return emit(arithmetic.onnx, [x, number(value)])
        case .tensor(let tensor): return try self.tensor(tensor)
        case .reshape(let sizes): return emit("Reshape", [x, integers(sizes.map { $0 ?? -1 })])
        case .permute(let axes): return emit("Transpose", [x], [("perm", .integers(axes))])
        case .concatenate(let axis): return emit("Concat", inputs, [("axis", .integer(axis))])
        case .slice(let slices):
            let ends = slices.map { $0.end ?? Int(Int32.max) }
            return emit(
                "Slice",
                [
                    x, integers(slices.map(\.start)), integers(ends), integers(slices.map(\.axis)),
                    integers(slices.map(\.step)),
                ])
        case .pad(let before, let after): return emit("Pad", [x, integers(before + after)])
        case .reduce(let reduction, let axes, let keepsAxes):
            let keeps = ("keepdims", ONNXAttribute.integer(keepsAxes ? 1 : 0))
            switch reduction {
            case .sum: return emit("ReduceSum", [x, integers(axes)], [keeps])
            case .mean: return emit("ReduceMean", [x], [("axes", .integers(axes)), keeps])
            case .maximum: return emit("ReduceMax", [x], [("axes", .integers(axes)), keeps])
            }
        case .embedding(let weight): return emit("Gather", [try tensor(weight), x])
        case .firstRows(let table):
            return emit("Slice", [try tensor(table), integers([0]), size(x, axis: 1), integers([0])])
        case .attention(let heads, let isCausal):
            return attention(node, heads: heads, isCausal: isCausal)
        case .sequenceMask:
            let isSeen = emit("Less", [positions(inputs[1]), emit("Unsqueeze", [x, integers([1])])])
            return emit("Unsqueeze", [emit("Cast", [isSeen], [("to", .integer(1))]), integers([2])])
        case .toFloat: return emit("Cast", [x], [("to", .integer(1))])
        case .recurrent: return ""
        }
    }

    private mutating func linear(
        _ x: String, rank: Int, _ weight: GraphTensor, _ bias: GraphTensor?
    ) throws -> String {
        if rank == 2 {
            let tensors = [try tensor(weight)] + (try bias.map { [try tensor($0)] } ?? [])
            return emit("Gemm", [x] + tensors, [("transB", .integer(1))])
        }
        let product = emit("MatMul", [x, try transposed(weight)])
        guard let bias else { return product }
        return emit("Add", [product, try tensor(bias)])
    }

    private mutating func emit(_ convolution: GraphConvolution, _ x: String) throws -> String {
        let weight = try names.exported(convolution.weight)
        // of a sequence without the axis of the image's height
        let shape = Array(weight.shape[..<2]) + convolution.kernel
        let tensors =
            [try tensor(convolution.weight, shape: shape)] + (try convolution.bias.map { [try tensor($0)] } ?? [])
        var attributes: [(String, ONNXAttribute)] = [
            ("kernel_shape", .integers(convolution.kernel)), ("strides", .integers(convolution.stride)),
            ("pads", .integers(convolution.padding + convolution.padding)),
            ("dilations", .integers(convolution.dilation)), ("group", .integer(convolution.groups)),
        ]
        guard let outputPadding = convolution.outputPadding else { return emit("Conv", [x] + tensors, attributes) }
        attributes.append(("output_padding", .integers(outputPadding)))
        return emit("ConvTranspose", [x] + tensors, attributes)
    }

    private mutating func emit(_ pooling: GraphPooling, _ x: String) -> String {
        var attributes: [(String, ONNXAttribute)] = [
            ("kernel_shape", .integers(pooling.window)), ("strides", .integers(pooling.stride)),
            ("pads", .integers(pooling.padding + pooling.padding)),
        ]
        guard case .average(let countsPadding) = pooling.kind else { return emit("MaxPool", [x], attributes) }
        attributes.append(("count_include_pad", .integer(countsPadding ? 1 : 0)))
        return emit("AveragePool", [x], attributes)
    }

    /// By instance normalization of groups; the operator GroupNormalization is newer.
    private mutating func groupNormalization(
        _ x: String, rank: Int, _ groups: Int, _ weight: GraphTensor, _ bias: GraphTensor, _ epsilon: Float
    ) throws -> String {
        let ones = tensor("ones.\(groups)", shape: [groups]) { [Float](repeating: 1, count: groups) }
        let zeros = tensor("zeros.\(groups)", shape: [groups]) { [Float](repeating: 0, count: groups) }
        let grouped = emit("Reshape", [x, integers([0, groups, -1])])
        let normalized = emit("InstanceNormalization", [grouped, ones, zeros], [("epsilon", .float(epsilon))])
        let restored = emit("Reshape", [normalized, emit("Shape", [x])])
        let channels = try names.exported(weight).shape + [Int](repeating: 1, count: rank - 2)
        let scaled = emit("Mul", [restored, try tensor(weight, shape: channels)])
        return emit("Add", [scaled, try tensor(bias, shape: channels)])
    }

    private mutating func emit(_ function: GraphFunction, _ x: String) -> String {
        switch function {
        case .relu: return emit("Relu", [x])
        case .tanh: return emit("Tanh", [x])
        case .sigmoid: return emit("Sigmoid", [x])
        case .silu: return emit("Mul", [x, emit("Sigmoid", [x])])
        case .softplus: return emit("Softplus", [x])
        case .gelu:
            // ½x(1 + erf(x/√2))
            let erf = emit("Erf", [emit("Mul", [x, number(0.70710678)])])
            return emit("Mul", [emit("Mul", [x, number(0.5)]), emit("Add", [erf, number(1)])])
        case .geluByTanh:
            // ½x(1 + tanh(√(2/π)(x + 0.044715x³)))
            let square = emit("Mul", [x, x])
            let factor = emit("Add", [emit("Mul", [square, number(0.044715)]), number(1)])
            let inner = emit("Mul", [emit("Mul", [x, factor]), number(0.79788456)])
            return emit("Mul", [emit("Mul", [x, number(0.5)]), emit("Add", [emit("Tanh", [inner]), number(1)])])
        case .softmax: return emit("Softmax", [x], [("axis", .integer(-1))])
        case .logSoftmax: return emit("LogSoftmax", [x], [("axis", .integer(-1))])
        case .exponential: return emit("Exp", [x])
        case .logarithm: return emit("Log", [x])
        case .squareRoot: return emit("Sqrt", [x])
        case .leakyReLU(let slope): return emit("LeakyRelu", [x], [("alpha", .float(slope))])
        case .elu(let alpha): return emit("Elu", [x], [("alpha", .float(alpha))])
        case .isPositive:
            return emit("Cast", [emit("Greater", [x, number(0)])], [("to", .integer(1))])
        case .clamp(let least, let most): return emit("Clip", [x, number(least), number(most)])
        }
    }
}

extension GraphArithmetic {
    /// The operator.
    fileprivate var onnx: String {
        switch self {
        case .add: "Add"
        case .subtract: "Sub"
        case .multiply: "Mul"
        case .divide: "Div"
        }
    }
}
