import Foundation

/// What parameters of PyTorch's modules are called here, where a module has parts of other names.
enum PyTorchModules {
    /// Parts of names: PyTorch's, and this program's.
    private static let parts: [(there: [String], here: [String])] = [
        (["running_mean"], ["mean"]), (["running_var"], ["variance"]),
        (["self_attn", "in_proj_weight"], ["attention", "projection", "weight"]),
        (["self_attn", "in_proj_bias"], ["attention", "projection", "bias"]),
        (["self_attn", "out_proj"], ["attention", "out"]),
        (["linear1"], ["perceptron", "up"]), (["linear2"], ["perceptron", "down"]),
    ]

    /// Whether a tensor is batch normalization's number of batches, which nothing depends on.
    static func isCounter(_ name: String) -> Bool { name.hasSuffix("num_batches_tracked") }

    /// This program's names of the tensor `name`, as far as `known` has them.
    static func candidates(for name: String, among known: Set<String>) -> [String] {
        var components = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        for (there, here) in parts {
            var start = 0
            while start + there.count <= components.count {
                if Array(components[start..<(start + there.count)]) == there {
                    components.replaceSubrange(start..<(start + there.count), with: here)
                }
                start += 1
            }
        }
        var names = [components.joined(separator: ".")]
        if let last = components.last, let recurrent = recurrent(last) {
            names = recurrent.map { (components.dropLast() + $0).joined(separator: ".") }
        }
        return names.filter(known.contains)
    }

    /// The names of a parameter of `LSTM`, `GRU` or `RNN`, such as `weight_ih_l0_reverse`, within the network; nil if it is none.
    static func recurrent(_ name: String) -> [[String]]? {
        let leaves = [
            "weight_ih": ["inputWeight"], "weight_hh": ["recurrentWeight"], "bias_ih": ["bias"],
            // LSTM and RNN have the sum of both biases
            "bias_hh": ["recurrentBias", "bias"],
        ]
        var name = name[...]
        let isReverse = name.hasSuffix("_reverse")
        if isReverse { name = name.dropLast("_reverse".count) }
        guard let place = name.range(of: "_l", options: .backwards), let layer = Int(name[place.upperBound...]),
            let own = leaves[String(name[..<place.lowerBound])]
        else { return nil }
        return own.map { ["layers", "\(layer)", isReverse ? "backward" : "forward", $0] }
    }

    /// The last component of a name of PyTorch's as it is here.
    static func leaf(_ name: String) -> String {
        switch name {
        case "running_mean": "mean"
        case "running_var": "variance"
        default: name
        }
    }
}
