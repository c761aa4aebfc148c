/// PyTorch's names of the tensors of our layers, in both directions: what `--init-from` reads and `export` writes.
///
/// Paths of modules are the same; the last components differ for two kinds of layers. Layouts are those of `ParameterAxes`.
///
/// | layer | here | PyTorch |
/// | --- | --- | --- |
/// | `BatchNormalization` | `mean`, `variance` | `running_mean`, `running_var` |
/// | `RNN`, `GRU`, `LSTM` | `layers.N.forward.inputWeight` | `weight_ih_lN`, backward `weight_ih_lN_reverse` |
/// | | `layers.N.forward.recurrentWeight` | `weight_hh_lN` |
/// | | `layers.N.forward.bias` | `bias_ih_lN`; `bias_hh_lN` is added to it, but for a GRU |
/// | `GRU` | `layers.N.forward.recurrentBias` | `bias_hh_lN` |
package enum PyTorchNames {
    private static let statistics = [("mean", "running_mean"), ("variance", "running_var")]
    private static let recurrent = [
        ("inputWeight", "weight_ih_l"), ("recurrentWeight", "weight_hh_l"), ("bias", "bias_ih_l"),
        ("recurrentBias", "bias_hh_l"),
    ]

    /// PyTorch's name of the tensor that is called `name` here.
    package static func name(of name: String, isStatistic: Bool = false) -> String {
        var components = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        if isStatistic, let (_, theirs) = statistics.first(where: { $0.0 == components.last }) {
            components[components.count - 1] = theirs
        }
        guard components.count >= 4, let (_, theirs) = recurrent.first(where: { $0.0 == components.last }) else {
            return components.joined(separator: ".")
        }
        let (layers, number, direction) = (components.count - 4, components.count - 3, components.count - 2)
        guard components[layers] == "layers", Int(components[number]) != nil,
            ["forward", "backward"].contains(components[direction])
        else { return components.joined(separator: ".") }
        let suffix = components[direction] == "backward" ? "_reverse" : ""
        return (components[..<layers] + [theirs + components[number] + suffix]).joined(separator: ".")
    }

    /// The name here of the tensor that PyTorch calls `name`.
    package static func ownName(of name: String) -> String {
        var components = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard var last = components.popLast() else { return name }
        if let (own, _) = statistics.first(where: { $0.1 == last }) {
            return (components + [own]).joined(separator: ".")
        }
        let isReverse = last.hasSuffix("_reverse")
        if isReverse { last.removeLast("_reverse".count) }
        for (own, theirs) in recurrent where last.hasPrefix(theirs) {
            let number = last.dropFirst(theirs.count)
            guard !number.isEmpty, number.allSatisfy({ ("0"..."9").contains($0) }) else { continue }
            let path = ["layers", String(number), isReverse ? "backward" : "forward", own]
            return (components + path).joined(separator: ".")
        }
        return name
    }
}
