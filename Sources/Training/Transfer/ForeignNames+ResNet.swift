import Layers

extension ForeignNames {
    /// ResNet-18 or ResNet-34 of torchvision: those of `DeepResidualNetwork`, in PyTorch's layouts. nil if it is none of them.
    ///
    /// Source: pytorch/vision, `torchvision/models/resnet.py`.
    static func residual(
        _ file: [(name: String, shape: [Int])], _ wanted: [(name: String, shape: [Int])]
    ) -> ForeignNames? {
        let names = Set(file.map(\.name))
        let own = Set(wanted.map(\.name))
        // the first modules, and a block of two convolutions: ResNet-50 has three
        guard
            ["conv1.weight", "bn1.running_mean", "layer1.0.conv2.weight", "layer4.0.downsample.0.weight"].allSatisfy(
                names.contains), !names.contains("layer1.0.conv3.weight"),
            own.contains("stages.0.0.convolution1.weight")
        else { return nil }
        var found = ForeignNames(format: "ResNet of torchvision")
        for (name, _) in file {
            if PyTorchModules.isCounter(name) {
                found.unneeded.append((name, "counts batches"))
            } else if let here = residualName(of: name), own.contains(here) {
                found.origins[here] = Origin(names: [name], layout: .pytorch)
            }
        }
        return found
    }

    /// This program's name of a tensor of torchvision's; nil if it has none.
    private static func residualName(of name: String) -> String? {
        let parts = PyTorchNames.ownName(of: name).split(separator: ".").map(String.init)
        guard parts.count >= 2, let leaf = parts.last else { return nil }
        switch parts[0] {
        case "conv1": return "entry.\(leaf)"
        case "bn1": return "normalization.\(leaf)"
        case "fc": return "output.\(leaf)"
        default: break
        }
        let modules = [
            "conv1": "convolution1", "bn1": "normalization1", "conv2": "convolution2", "bn2": "normalization2",
            "downsample.0": "shortcut.convolution", "downsample.1": "shortcut.normalization",
        ]
        guard parts.count >= 4, parts[0].hasPrefix("layer"), let stage = Int(parts[0].dropFirst("layer".count)),
            (1...4).contains(stage), let module = modules[parts[2..<(parts.count - 1)].joined(separator: ".")]
        else { return nil }
        return "stages.\(stage - 1).\(parts[1]).\(module).\(leaf)"
    }
}
