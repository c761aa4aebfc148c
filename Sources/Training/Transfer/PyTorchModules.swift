import Layers

/// What parameters of PyTorch's modules are called here, where a module has parts of other names than `PyTorchNames` knows.
enum PyTorchModules {
    /// Parts of names: PyTorch's, and this program's.
    private static let parts: [(there: [String], here: [String])] = [
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
        let own = PyTorchNames.ownName(of: components.joined(separator: "."))
        // LSTM and RNN have the sum of both biases
        let sum = own.hasSuffix(".recurrentBias") ? ["\(own.dropLast("recurrentBias".count))bias"] : []
        return ([own] + sum).filter(known.contains)
    }
}
