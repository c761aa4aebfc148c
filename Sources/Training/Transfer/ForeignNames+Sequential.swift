import Layers
import TensorEngine

extension ForeignNames {
    /// A `torch.nn.Sequential`, whose layers are numbered with the activations between them: the layers with parameters are this
    /// model's in the same order, if there are as many, with parameters of the same names and shapes. nil if it is none.
    static func sequential(
        _ file: [(name: String, shape: [Int])], _ wanted: [(name: String, shape: [Int])],
        _ axes: [String: ParameterAxes]
    ) -> ForeignNames? {
        var found = ForeignNames(format: "nn.Sequential of PyTorch")
        var layers: [(numbers: [Int], parameters: [(leaf: String, name: String, shape: [Int])])] = []
        var places: [[Int]: Int] = [:]
        var prefix: [String]?
        for (name, shape) in file {
            if PyTorchModules.isCounter(name) {
                found.unneeded.append((name, "counts batches"))
                continue
            }
            let components = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            guard components.count >= 2 else { return nil }
            let path = components.dropLast()
            let start = path.firstIndex { Int($0) != nil } ?? path.endIndex
            let numbers = path[start...].compactMap { Int($0) }
            // all layers are numbered, within one module
            guard !numbers.isEmpty, numbers.count == path[start...].count,
                prefix == nil || prefix == Array(path[..<start])
            else { return nil }
            prefix = Array(path[..<start])
            let parameter = (PyTorchNames.ownName(of: components[components.count - 1]), name, shape)
            if let index = places[numbers] {
                layers[index].parameters.append(parameter)
            } else {
                places[numbers] = layers.count
                layers.append((numbers, [parameter]))
            }
        }
        layers.sort { $0.numbers.lexicographicallyPrecedes($1.numbers) }
        // the layers here, in the order of registration
        var ownPlaces: [Substring: Int] = [:]
        var own: [(path: Substring, parameters: [(leaf: String, shape: [Int])])] = []
        for (name, shape) in wanted {
            guard let dot = name.lastIndex(of: ".") else { return nil }
            let parameter = (String(name[name.index(after: dot)...]), shape)
            if let index = ownPlaces[name[..<dot]] {
                own[index].parameters.append(parameter)
            } else {
                ownPlaces[name[..<dot]] = own.count
                own.append((name[..<dot], [parameter]))
            }
        }
        guard own.count == layers.count, !own.isEmpty else { return nil }
        for (here, there) in zip(own, layers) {
            guard Set(here.parameters.map(\.leaf)) == Set(there.parameters.map(\.leaf)) else { return nil }
            for (leaf, shape) in here.parameters {
                let name = "\(here.path).\(leaf)"
                guard let source = there.parameters.first(where: { $0.leaf == leaf }),
                    source.shape.count == shape.count,
                    source.shape == shape || axes[name].map({ $0.pyTorchShape(of: shape) == source.shape }) == true
                else { return nil }
                found.origins[name] = Origin(names: [source.name])
            }
        }
        let isRenamed = found.origins.contains { $0.value.names != [$0.key] }
        return isRenamed ? found : nil
    }
}
