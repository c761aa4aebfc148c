import Layers

/// The graph of a function in ONNX: operators, and the tensors that they take.
struct ONNXGraph {
    let graph: ModelGraph
    let names: TensorNames
    private var message = ProtobufMessage()
    /// The names of values by their numbers in the graph.
    private var valueNames: [Int: String] = [:]
    /// Of constants and of masks, what they are called.
    private var known: [String: String] = [:]
    private var count = 0
    /// The tensors that are used as they are, and need no second form.
    private var plain: Set<String> = []

    /// The message of the graph of `function`, whose tensors are those of `names`.
    static func message(_ function: ExportedFunction, _ names: TensorNames) throws -> ProtobufMessage {
        var writer = ONNXGraph(graph: try ModelGraph(function), names: names)
        try writer.write(function)
        return writer.message
    }

    private init(graph: ModelGraph, names: TensorNames) { (self.graph, self.names) = (graph, names) }

    private mutating func write(_ function: ExportedFunction) throws {
        message.text(2, function.name)
        for (value, input) in zip(graph.inputs, function.inputs) {
            valueNames[value.id] = input.name
            message.message(
                11,
                ONNXMessages.value(
                    input.name, isInteger: value.isInteger, value.exportedShape.map(\.description), input.meaning))
        }
        for node in graph.nodes {
            if case .embedding(let weight) = node.operation, let name = try names.exported(weight).name {
                plain.insert(name)
            }
        }
        for node in graph.nodes { try add(node) }
        for (value, name) in zip(graph.outputs, function.outputs) {
            emit("Identity", [self.name(value.id)], output: name)
            message.message(
                12, ONNXMessages.value(name, isInteger: false, value.exportedShape.map(\.description), ""))
        }
    }

    /// The name of a value of the graph.
    func name(_ id: Int) -> String { valueNames[id] ?? "" }

    mutating func setName(_ id: Int, _ name: String) { valueNames[id] = name }

    private mutating func newName(_ operation: String) -> String {
        count += 1
        return "\(operation.lowercased())_\(count)"
    }

    /// Adds an operator with one output, and returns the output's name.
    @discardableResult
    mutating func emit(
        _ operation: String, _ inputs: [String], _ attributes: [(String, ONNXAttribute)] = [], output: String? = nil
    ) -> String {
        emit(operation, inputs, attributes, outputs: [output])[0]
    }

    /// Adds an operator, and returns the names of its outputs.
    mutating func emit(
        _ operation: String, _ inputs: [String], _ attributes: [(String, ONNXAttribute)] = [], outputs: [String?]
    ) -> [String] {
        let outputs = outputs.map { $0 ?? newName(operation) }
        message.message(
            1,
            ONNXMessages.node(
                operation, "\(operation)/\(outputs.last ?? "")", inputs: inputs, outputs: outputs, attributes))
        return outputs
    }

    /// A vector of integers, or a scalar.
    mutating func integers(_ values: [Int], isScalar: Bool = false) -> String {
        let key = "\(isScalar ? "scalar" : "integers") \(values)"
        if let name = known[key] { return name }
        let name = newName("integers")
        known[key] = name
        message.message(5, ONNXMessages.tensor(name, integers: values, isScalar: isScalar))
        return name
    }

    /// A number.
    mutating func number(_ value: Float) -> String {
        let key = "number \(value.bitPattern)"
        if let name = known[key] { return name }
        let name = newName("number")
        known[key] = name
        message.message(5, ONNXMessages.tensor(name, shape: [], [value]))
        return name
    }

    /// A tensor under a name; a second one of the same name is the first.
    mutating func tensor(_ name: String, shape: [Int], _ values: () -> [Float]) -> String {
        if known["tensor \(name)"] == nil {
            known["tensor \(name)"] = name
            message.message(5, ONNXMessages.tensor(name, shape: shape, values()))
        }
        return name
    }

    /// A tensor of the model in PyTorch's layout, or of `shape`.
    mutating func tensor(_ tensor: GraphTensor, shape: [Int]? = nil) throws -> String {
        let exported = try names.exported(tensor)
        let name = exported.name ?? newName("constant")
        return self.tensor(name, shape: shape ?? exported.shape, exported.values)
    }

    /// The transpose of a matrix of the model; of one that is also used as it is, by an operator.
    mutating func transposed(_ tensor: GraphTensor) throws -> String {
        let exported = try names.exported(tensor)
        let (rows, columns) = (exported.shape[0], exported.shape[1])
        guard let name = exported.name, !plain.contains(name) else {
            return emit("Transpose", [try self.tensor(tensor)], [("perm", .integers([1, 0]))])
        }
        return self.tensor("\(name).transposed", shape: [columns, rows]) {
            let values = exported.values()
            return (0..<values.count).map { values[$0 % rows * columns + $0 / rows] }
        }
    }

    /// What `make` emits once for all that share it.
    mutating func shared(_ key: String, _ make: (inout ONNXGraph) -> String) -> String {
        if let name = known[key] { return name }
        let name = make(&self)
        known[key] = name
        return name
    }
}

extension GraphInput {
    /// What the elements are, in words.
    var meaning: String {
        switch elements {
        case .numbers: isImage ? "Float32, channels first" : "Float32"
        case .indices(let limit): "integers from 0 to \(limit - 1)"
        case .lengths(let axis): "the number of \(axis) of each sample, at least 1"
        }
    }
}
