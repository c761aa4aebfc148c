extension ForeignNames {
    /// GPT-2 of Hugging Face's transformers, whose linear layers `Conv1D` are [inputs, outputs] as this program's; or nanoGPT's with
    /// the same names, whose layers are PyTorch's. nil if it is none of them.
    ///
    /// Source: huggingface/transformers, `models/gpt2/modeling_gpt2.py`; karpathy/nanoGPT, `model.py`.
    static func gpt2(
        _ file: [(name: String, shape: [Int])], _ wanted: [(name: String, shape: [Int])]
    ) -> ForeignNames? {
        let names = Set(file.map(\.name))
        guard let prefix = ["transformer.", ""].first(where: { names.contains($0 + "h.0.attn.c_attn.weight") }),
            names.contains(prefix + "wte.weight"), names.contains(prefix + "wpe.weight"),
            let attention = file.first(where: { $0.name == prefix + "h.0.attn.c_attn.weight" })?.shape,
            attention.count == 2
        else { return nil }
        let isConv1D = attention[1] == 3 * attention[0]
        var found = ForeignNames(format: isConv1D ? "GPT-2 of Hugging Face" : "GPT-2 of nanoGPT")
        for (name, _) in wanted {
            guard let there = gpt2Name(of: name) else { continue }
            let isTable = name == "tokens.weight" || name == "positions.weight"
            guard names.contains(prefix + there) else { continue }
            found.origins[name] = Origin(
                names: [prefix + there], layout: isConv1D || isTable ? .lockstep : .pytorch,
                takesFirstRows: name == "positions.weight")
        }
        for (name, _) in file {
            if name.hasSuffix(".attn.bias") || name.hasSuffix(".attn.masked_bias") {
                found.unneeded.append((name, "the causal mask"))
            }
        }
        return found
    }

    /// GPT-2's name of a tensor of `GPT`; nil if it has none.
    private static func gpt2Name(of name: String) -> String? {
        let fixed = [
            "tokens.weight": "wte.weight", "positions.weight": "wpe.weight", "norm.weight": "ln_f.weight",
            "norm.bias": "ln_f.bias",
        ]
        if let there = fixed[name] { return there }
        let parts = name.split(separator: ".").map(String.init)
        guard parts.count >= 4, parts[0] == "blocks", let leaf = parts.last else { return nil }
        let modules = [
            "norm1": "ln_1", "attention.projection": "attn.c_attn", "attention.out": "attn.c_proj", "norm2": "ln_2",
            "perceptron.up": "mlp.c_fc", "perceptron.down": "mlp.c_proj",
        ]
        return modules[parts[2..<(parts.count - 1)].joined(separator: ".")].map { "h.\(parts[1]).\($0).\(leaf)" }
    }
}
