import Layers

/// The module of PyTorch that an operation with weights is, and its tensors by their names in the state dict.
struct PyTorchLayer {
    private(set) var tensors: [(name: String, tensor: ExportedTensor)] = []
    /// The expression that makes the module; nil for a parameter by itself.
    private(set) var constructor: String?
    /// The names of the module's tensors, in the order of `tensors`.
    private var members: [String] = []

    /// Nil for an operation without weights; `rank` is that of its input.
    init?(_ operation: GraphOperation, rank: Int, _ names: TensorNames) throws {
        func module(_ constructor: String, _ parts: [(String, GraphTensor?)]) throws -> PyTorchLayer {
            try PyTorchLayer(constructor, parts, names)
        }
        switch operation {
        case .linear(let weight, let bias):
            let shape = try names.exported(weight).shape
            self = try module(
                "nn.Linear(\(shape[1]), \(shape[0])\(bias == nil ? ", bias=False" : ""))",
                [("weight", weight), ("bias", bias)])
        case .convolution(let convolution):
            let name = "Conv\(convolution.outputPadding == nil ? "" : "Transpose")\(convolution.kernel.count)d"
            let bias = convolution.bias == nil ? ", bias=False" : ""
            self = try module(
                "nn.\(name)(\(convolution.inputs), \(convolution.outputs), \(Python.extent(convolution.kernel))\(Self.options(convolution))\(bias))",
                [("weight", convolution.weight), ("bias", convolution.bias)])
            // of a sequence without the axis of the image's height
            let (weight, kernel) = (tensors[0].tensor, convolution.kernel)
            tensors[0].tensor = ExportedTensor(
                name: weight.name, shape: Array(weight.shape[..<2]) + kernel,
                // of a sequence's kernel the height of 1 is left out
                layout: kernel.count == 2 ? weight.layout : nil, values: weight.values)
        case .batchNormalization(let weight, let bias, let mean, let variance, let epsilon):
            self = try module(
                "nn.BatchNorm\(rank == 4 ? 2 : 1)d(\(try names.exported(weight).shape[0]), eps=\(Python.number(epsilon)))",
                [("weight", weight), ("bias", bias), ("running_mean", mean), ("running_var", variance)])
        case .groupNormalization(let groups, let weight, let bias, let epsilon):
            self = try module(
                "nn.GroupNorm(\(groups), \(try names.exported(weight).shape[0]), eps=\(Python.number(epsilon)))",
                [("weight", weight), ("bias", bias)])
        case .layerNormalization(let weight, let bias, let epsilon):
            let options = "eps=\(Python.number(epsilon))\(bias == nil ? ", bias=False" : "")"
            self = try module(
                "nn.LayerNorm(\(try names.exported(weight).shape[0]), \(options))",
                [("weight", weight), ("bias", bias)])
        case .rmsNormalization(let weight, let epsilon):
            self = try module(
                "nn.RMSNorm(\(try names.exported(weight).shape[0]), eps=\(Python.number(epsilon)))",
                [("weight", weight)])
        case .embedding(let weight), .firstRows(let weight):
            let exported = try names.exported(weight)
            guard exported.name != nil else {
                tensors = [("constant", exported)]
                return
            }
            self = try module("nn.Embedding(\(exported.shape[0]), \(exported.shape[1]))", [("weight", weight)])
        case .tensor(let tensor):
            let exported = try names.exported(tensor)
            tensors = [(exported.name ?? "constant", exported)]
        case .recurrent(let recurrence): self = try Self.recurrent(recurrence, names)
        default: return nil
        }
    }

    private init(_ constructor: String, _ parts: [(String, GraphTensor?)], _ names: TensorNames) throws {
        self.constructor = constructor
        for case (let member, let tensor?) in parts {
            let exported = try names.exported(tensor)
            tensors.append((exported.name ?? member, exported))
            members.append(member)
        }
    }

    private static func recurrent(_ recurrence: GraphRecurrence, _ names: TensorNames) throws -> PyTorchLayer {
        let directions = recurrence.layers[0].count
        let first = try names.exported(recurrence.layers[0][0].inputWeight).name ?? ""
        let prefix = String(first.dropLast("weight_ih_l0".count))
        var (layer, options) = (PyTorchLayer(), "batch_first=True")
        if recurrence.layers.count > 1 { options = "num_layers=\(recurrence.layers.count), " + options }
        if directions == 2 { options += ", bidirectional=True" }
        if recurrence.kind == .elmanByReLU { options += ", nonlinearity=\"relu\"" }
        let name =
            switch recurrence.kind {
            case .lstm: "LSTM"
            case .gru: "GRU"
            case .elmanByTanh, .elmanByReLU: "RNN"
            }
        layer.constructor = "nn.\(name)(\(recurrence.inputs), \(recurrence.hidden), \(options))"
        for (number, sides) in recurrence.layers.enumerated() {
            for (side, direction) in sides.enumerated() {
                let suffix = "_l\(number)\(side == 1 ? "_reverse" : "")"
                let bias = try names.exported(direction.bias)
                let recurrentBias =
                    try direction.recurrentBias.map { try names.exported($0) }
                    ?? ExportedTensor(name: "", shape: bias.shape) { [Float](repeating: 0, count: bias.shape[0]) }
                let parts = [
                    ("weight_ih", try names.exported(direction.inputWeight)),
                    ("weight_hh", try names.exported(direction.recurrentWeight)), ("bias_ih", bias),
                    ("bias_hh", recurrentBias),
                ]
                for (part, tensor) in parts {
                    layer.tensors.append((prefix + part + suffix, tensor))
                    layer.members.append(part + suffix)
                }
            }
        }
        return layer
    }

    private init() {}

    /// The path of the module: what the names of its tensors have in common, if they are the module's and no others are below it.
    func path(among all: Set<String>) -> String? {
        guard let first = tensors.first?.name, let member = members.first, first.hasSuffix("." + member) else {
            return nil
        }
        let path = first.dropLast(member.count + 1)
        let own = Set(tensors.map(\.name))
        guard zip(tensors, members).allSatisfy({ $0.name == "\(path).\($1)" }),
            all.allSatisfy({ !$0.hasPrefix(path + ".") || own.contains($0) })
        else { return nil }
        return String(path)
    }

    /// The options of a convolution, behind its sizes.
    static func options(_ convolution: GraphConvolution) -> String {
        var options = ""
        func add(_ name: String, _ values: [Int], unless usual: Int) {
            if values.contains(where: { $0 != usual }) { options += ", \(name)=\(Python.extent(values))" }
        }
        add("stride", convolution.stride, unless: 1)
        add("padding", convolution.padding, unless: 0)
        if let outputPadding = convolution.outputPadding { add("output_padding", outputPadding, unless: 0) }
        add("dilation", convolution.dilation, unless: 1)
        if convolution.groups > 1 { options += ", groups=\(convolution.groups)" }
        return options
    }
}
