import Layers

/// Expressions of PyTorch for operations without weights.
enum PythonExpression {
    static func text(_ node: GraphNode, _ graph: ModelGraph, _ inputs: [String]) -> String {
        let x = inputs.first ?? ""
        let rank = node.inputs.first.map { graph.values[$0].rank } ?? 0
        switch node.operation {
        case .pooling(let pooling): return text(pooling, x)
        case .function(let function): return text(function, x)
        case .binary(let arithmetic): return "\(inputs[0]) \(arithmetic.python) \(inputs[1])"
        case .scalar(let arithmetic, let value): return "\(x) \(arithmetic.python) \(Python.number(value))"
        case .reshape(let sizes):
            if sizes.count == 2, sizes[0] == nil, rank > 2 { return "\(x).flatten(1)" }
            return "\(x).reshape(\(sizes.map { "\($0 ?? -1)" }.joined(separator: ", ")))"
        case .permute(let axes): return "\(x).permute(\(axes.map { "\($0)" }.joined(separator: ", ")))"
        case .concatenate(let axis): return "torch.cat((\(inputs.joined(separator: ", "))), dim=\(axis))"
        case .slice(let slices): return "\(x)[\(indices(slices, rank: rank))]"
        case .pad(let before, let after):
            // from the last axis on, without those at the front that stay
            let first = before.indices.first { before[$0] > 0 || after[$0] > 0 } ?? 0
            let pairs = (first..<rank).reversed().map { "\(before[$0]), \(after[$0])" }
            return "F.pad(\(x), (\(pairs.joined(separator: ", "))))"
        case .reduce(let reduction, let axes, let keepsAxes):
            let name = reduction == .maximum ? "amax" : reduction.rawValue
            let dimensions = axes.count == 1 ? "\(axes[0])" : Python.tuple(axes)
            return "\(x).\(name)(dim=\(dimensions)\(keepsAxes ? ", keepdim=True" : ""))"
        case .attention(let heads, let isCausal): return attention(inputs, heads: heads, isCausal: isCausal)
        case .sequenceMask:
            return
                "(torch.arange(\(inputs[1]).shape[1], device=\(x).device) < \(x)[:, None]).to(\(inputs[1]).dtype)[:, :, None]"
        case .toFloat: return "\(x).float()"
        default: return x
        }
    }

    private static func text(_ pooling: GraphPooling, _ x: String) -> String {
        let axes = pooling.window.count
        var options = Python.extent(pooling.window)
        if pooling.stride != pooling.window { options += ", stride=\(Python.extent(pooling.stride))" }
        if pooling.padding.contains(where: { $0 > 0 }) { options += ", padding=\(Python.extent(pooling.padding))" }
        switch pooling.kind {
        case .maximum: return "F.max_pool\(axes)d(\(x), \(options))"
        case .average(let countsPadding):
            return "F.avg_pool\(axes)d(\(x), \(options)\(countsPadding ? "" : ", count_include_pad=False"))"
        }
    }

    private static func text(_ function: GraphFunction, _ x: String) -> String {
        switch function {
        case .relu: "F.relu(\(x))"
        case .tanh: "torch.tanh(\(x))"
        case .sigmoid: "torch.sigmoid(\(x))"
        case .silu: "F.silu(\(x))"
        case .softplus: "F.softplus(\(x))"
        case .gelu: "F.gelu(\(x))"
        case .geluByTanh: "F.gelu(\(x), approximate=\"tanh\")"
        case .softmax: "\(x).softmax(-1)"
        case .logSoftmax: "\(x).log_softmax(-1)"
        case .exponential: "torch.exp(\(x))"
        case .logarithm: "torch.log(\(x))"
        case .squareRoot: "torch.sqrt(\(x))"
        case .leakyReLU(let slope): "F.leaky_relu(\(x), \(Python.number(slope)))"
        case .elu(let alpha): "F.elu(\(x), \(Python.number(alpha)))"
        case .isPositive: "(\(x) > 0).to(\(x).dtype)"
        case .clamp(let least, let most): "\(x).clamp(\(Python.number(least)), \(Python.number(most)))"
        }
    }

    private static func indices(_ slices: [GraphSlice], rank: Int) -> String {
        let last = slices.map(\.axis).max() ?? 0
        return (0...last).map { axis in
            guard let slice = slices.first(where: { $0.axis == axis }) else { return ":" }
            let start = slice.start == 0 ? "" : "\(slice.start)"
            let end = slice.end.map { "\($0)" } ?? ""
            return "\(start):\(end)" + (slice.step == 1 ? "" : ":\(slice.step)")
        }.joined(separator: ", ")
    }

    private static func attention(_ inputs: [String], heads: Int, isCausal: Bool) -> String {
        let parts = inputs.prefix(3).map { "split_heads(\($0), \(heads))" }.joined(separator: ", ")
        // PyTorch's is_causal takes no further mask
        let causal = "causal_mask(\(inputs[0]), \(inputs[1]))"
        let options =
            inputs.count > 3
            ? ", attn_mask=key_mask(\(inputs[3]), \(inputs[1]))\(isCausal ? " & " + causal : "")"
            : isCausal ? ", is_causal=True" : ""
        return "join_heads(F.scaled_dot_product_attention(\(parts)\(options)))"
    }
}

extension GraphArithmetic {
    /// The operator.
    fileprivate var python: String {
        switch self {
        case .add: "+"
        case .subtract: "-"
        case .multiply: "*"
        case .divide: "/"
        }
    }
}
