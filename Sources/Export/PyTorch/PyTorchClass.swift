import Layers

/// A class of PyTorch that computes a function of a model: its modules, and the statements of `forward`.
struct PyTorchClass {
    let graph: ModelGraph
    let names: TensorNames
    /// The tensors of the state dict by name.
    private(set) var tensors: [(name: String, tensor: ExportedTensor)] = []
    private var tree = ModuleTree()
    private var buffers: [String] = []
    private(set) var statements: [String] = []
    private let function: ExportedFunction
    private var outputs: [String] = []
    /// For each node the path of its module; nil where it has none.
    private var modules: [[String]?] = []
    private var constantNames: [Int: String] = [:]

    init(_ function: ExportedFunction, _ names: TensorNames) throws {
        (self.function, self.names, graph) = (function, names, try ModelGraph(function))
        // modules first: how one is reached depends on all of them
        for (index, node) in graph.nodes.enumerated() { modules.append(try register(node, index)) }
        var variables = PythonVariables(graph, function)
        for (index, node) in graph.nodes.enumerated() {
            let inputs = node.inputs.map { variables.name(of: $0) }
            let value = try expression(node, index, inputs)
            let targets = node.outputs.map { variables.assign($0, inputs: node.inputs, at: index) }
            statements +=
                PythonRecurrence(node, graph)?.statements(value, targets, inputs)
                ?? ["\(targets[0]) = \(value)"]
        }
        outputs = graph.outputs.map { variables.name(of: $0.id) }
    }

    /// Whether the file needs the class `Group`.
    var hasGroups: Bool { tree.hasGroups }

    /// The text of the class.
    var text: String {
        let inputs = function.inputs.map { Python.identifier($0.name) }
        let documentation =
            zip(function.inputs, graph.inputs).map { input, value in
                "    \(Python.identifier(input.name)): [\(value.exportedShape.map(\.description).joined(separator: ", "))], \(input.meaning)"
            }
            + zip(function.outputs, graph.outputs).map { name, value in
                "    returns \(name): [\(value.exportedShape.map(\.description).joined(separator: ", "))]"
            }
        let assignments = tree.assignments + buffers
        return """
            class \(Python.className(function.name))(nn.Module):
                \"\"\"\(Python.prose(function.summary))

            \(documentation.joined(separator: "\n"))
                \"\"\"

                def __init__(self):
                    super().__init__()
            \(assignments.map { "        \($0)" }.joined(separator: "\n"))

                def forward(self, \(inputs.joined(separator: ", "))):
            \(statements.map { "        \($0)" }.joined(separator: "\n"))
                    return \(outputs.joined(separator: ", "))
            """
    }

    // MARK: Modules

    /// Adds the module of a node, or else the tensors that it uses by themselves; returns the path of the module.
    private mutating func register(_ node: GraphNode, _ index: Int) throws -> [String]? {
        guard
            let layer = try PyTorchLayer(
                node.operation, rank: node.inputs.first.map { graph.values[$0].rank } ?? 0, names)
        else { return nil }
        for (name, tensor) in layer.tensors {
            let name = Python.components(name).joined(separator: ".")
            if !tensors.contains(where: { $0.name == name }) { tensors.append((name, tensor)) }
        }
        if let constructor = layer.constructor, let path = layer.path(among: names.all) {
            let components = Python.components(path)
            if !tree.contains(components) {
                tree.add(components, constructor)
                return components
            }
            if tree.expression(components) == constructor { return components }
        }
        for (name, tensor) in layer.tensors { addBare(name, tensor, index) }
        return nil
    }

    /// A tensor that belongs to no module.
    private mutating func addBare(_ name: String, _ tensor: ExportedTensor, _ index: Int) {
        let path = Python.components(name)
        guard tensor.name != nil else {
            let buffer = "constant_\(constantNames.count)"
            constantNames[index] = buffer
            buffers.append("self.register_buffer(\"\(buffer)\", torch.empty(\(Python.tuple(tensor.shape))))")
            tensors.removeAll { $0.name == name }
            return tensors.append((buffer, tensor))
        }
        if !tree.contains(path) && !tree.contains(path.dropLast()) {
            tree.add(path, "nn.Parameter(torch.empty(\(Python.tuple(tensor.shape))))", isParameter: true)
        }
    }

    /// How a tensor is reached.
    private func access(_ tensor: GraphTensor, _ index: Int) throws -> String {
        if let name = constantNames[index] { return "self.\(name)" }
        let path = Python.components(try names.exported(tensor).name ?? "")
        return tree.contains(path.dropLast())
            ? "\(tree.access(path.dropLast())).\(path[path.count - 1])" : tree.access(path)
    }

    // MARK: Expressions

    private func expression(_ node: GraphNode, _ index: Int, _ inputs: [String]) throws -> String {
        let x = inputs.first ?? ""
        if let path = modules[index] {
            if case .firstRows = node.operation { return "\(tree.access(path)).weight[: \(x).shape[1]]" }
            if case .recurrent = node.operation { return tree.access(path) }
            return "\(tree.access(path))(\(x))"
        }
        func optional(_ tensor: GraphTensor?) throws -> String { try tensor.map { ", \(try access($0, index))" } ?? "" }
        switch node.operation {
        case .linear(let weight, let bias):
            return "F.linear(\(x), \(try access(weight, index))\(try optional(bias)))"
        case .convolution(let convolution):
            let name = "conv\(convolution.outputPadding == nil ? "" : "_transpose")\(convolution.kernel.count)d"
            return
                "F.\(name)(\(x), \(try access(convolution.weight, index)), \(try convolution.bias.map { try access($0, index) } ?? "None")\(PyTorchLayer.options(convolution)))"
        case .batchNormalization(let weight, let bias, let mean, let variance, let epsilon):
            let moments = "\(try access(mean, index)), \(try access(variance, index))"
            return
                "F.batch_norm(\(x), \(moments)\(try optional(weight))\(try optional(bias)), eps=\(Python.number(epsilon)))"
        case .groupNormalization(let groups, let weight, let bias, let epsilon):
            return
                "F.group_norm(\(x), \(groups)\(try optional(weight))\(try optional(bias)), eps=\(Python.number(epsilon)))"
        case .layerNormalization(let weight, let bias, let epsilon):
            let width = try names.exported(weight).shape[0]
            return
                "F.layer_norm(\(x), (\(width),)\(try optional(weight))\(try optional(bias)), eps=\(Python.number(epsilon)))"
        case .rmsNormalization(let weight, let epsilon):
            return
                "F.rms_norm(\(x), (\(try names.exported(weight).shape[0]),)\(try optional(weight)), eps=\(Python.number(epsilon)))"
        case .embedding(let weight): return "F.embedding(\(x)\(try optional(weight)))"
        case .firstRows(let table): return "\(try access(table, index))[: \(x).shape[1]]"
        case .tensor(let tensor): return try access(tensor, index)
        default: return PythonExpression.text(node, graph, inputs)
        }
    }
}
