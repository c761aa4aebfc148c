import Checkpoints
import Layers
import Training

/// The Python file that defines the modules of a model and loads their weights.
struct PyTorchFile {
    private let classes: [PyTorchClass]
    private let export: ModelExport
    private let metadata: [(key: String, value: String)]

    init(_ export: ModelExport, _ names: TensorNames, _ metadata: [(key: String, value: String)]) throws {
        (self.export, self.metadata) = (export, metadata)
        classes = try export.functions.map { try PyTorchClass($0, names) }
    }

    /// The tensors of all classes, in PyTorch's layouts.
    var tensors: [NamedTensor] {
        unique.map { NamedTensor(name: $0.name, shape: $0.tensor.shape, values: $0.tensor.values()) }
    }

    /// What `--init-from` reads of their layouts.
    var layouts: [String: String] {
        Dictionary(
            uniqueKeysWithValues: unique.compactMap { name, tensor in
                tensor.layout.map { ("layout.\(name)", $0) }
            })
    }

    private var unique: [(name: String, tensor: ExportedTensor)] {
        var known: Set<String> = []
        return classes.flatMap(\.tensors).filter { known.insert($0.name).inserted }
    }

    /// The text of the file.
    var text: String {
        let statements = classes.flatMap(\.statements).joined(separator: "\n")
        var helpers: [String] = []
        if classes.contains(where: \.hasGroups) { helpers.append(Self.group) }
        if statements.contains("split_heads(") { helpers.append(Self.heads) }
        if statements.contains("key_mask(") { helpers.append(Self.keyMask) }
        if statements.contains("causal_mask(") { helpers.append(Self.causalMask) }
        let notes = metadata.filter { !$0.value.contains("\n") && $0.value.utf8.count <= 500 }
            .map { "\(Python.prose($0.key)): \(Python.prose($0.value))" }
        return ([header(notes)] + helpers + classes.map(\.text) + [loader, check]).joined(separator: "\n\n\n") + "\n"
    }

    private func header(_ notes: [String]) -> String {
        """
        \"\"\"\(Python.prose(export.summary))

        \(notes.joined(separator: "\n"))

        The weights are in model.safetensors beside this file, with all metadata. `python3 model.py` compares the outputs with
        those in example.safetensors, which Lockstep computed. Needs torch and safetensors.
        \"\"\"
        import pathlib

        import torch
        import torch.nn.functional as F
        from safetensors.torch import load_file
        from torch import nn

        FOLDER = pathlib.Path(__file__).resolve().parent
        """
    }

    private static let group = """
        class Group(nn.Module):
            \"\"\"Modules and parameters under names.\"\"\"

            def __init__(self, **members):
                super().__init__()
                for name, member in members.items():
                    setattr(self, name, member)
        """

    private static let heads = """
        def split_heads(x, heads):
            \"\"\"[n, t, heads * width] -> [n, heads, t, width]\"\"\"
            return x.unflatten(-1, (heads, -1)).transpose(1, 2)


        def join_heads(x):
            \"\"\"[n, heads, t, width] -> [n, t, heads * width]\"\"\"
            return x.transpose(1, 2).flatten(2)
        """

    private static let keyMask = """
        def key_mask(lengths, keys):
            \"\"\"Whether a key is one of the first `lengths` of its sample: [n, 1, 1, keys]\"\"\"
            return (torch.arange(keys.shape[1], device=keys.device) < lengths[:, None])[:, None, None, :]
        """

    private static let causalMask = """
        def causal_mask(queries, keys):
            \"\"\"Query i sees the keys up to i + keys - queries.\"\"\"
            (rows, columns) = (queries.shape[1], keys.shape[1])
            return torch.ones(rows, columns, dtype=torch.bool, device=keys.device).tril(columns - rows)
        """

    private var loader: String {
        """
        def load(make=\(Python.className(export.functions.first?.name ?? "Model")), path=FOLDER / "model.safetensors"):
            \"\"\"A module of the given class with the weights of the file, for inference.\"\"\"
            model = make()
            weights = load_file(path)
            names = [name for name in model.state_dict() if not name.endswith("num_batches_tracked")]
            model.load_state_dict({name: weights[name] for name in names}, strict=False)
            return model.eval()
        """
    }

    private var check: String {
        let cases =
            "(" + (0..<ExportExample.count).map { $0 == 0 ? "\"\"" : "\".\($0 + 1)\"" }.joined(separator: ", ") + ")"
        let functions = export.functions.map { function in
            let inputs = function.inputs.map { input in
                "example[f\"\(function.name){case}.\(input.name)\"]\(input.elements == .numbers ? "" : ".long()")"
            }
            let outputs = function.outputs.map { "example[f\"\(function.name){case}.\($0)\"]" }
            return
                "        compare(load(\(Python.className(function.name))), [\(inputs.joined(separator: ", "))], [\(outputs.joined(separator: ", "))])"
        }
        return """
            def compare(model, inputs, expected):
                with torch.no_grad():
                    outputs = model(*inputs)
                outputs = outputs if isinstance(outputs, tuple) else (outputs,)
                difference = max((a - b).abs().max().item() for a, b in zip(outputs, expected))
                sizes = ", ".join(str(list(x.shape)) for x in inputs)
                print(f"{type(model).__name__} of {sizes}: largest difference {difference:.2e}")


            if __name__ == "__main__":
                example = load_file(FOLDER / "example.safetensors")
                # of different sizes of the dynamic axes
                for case in \(cases):
            \(functions.joined(separator: "\n"))
            """
    }
}
