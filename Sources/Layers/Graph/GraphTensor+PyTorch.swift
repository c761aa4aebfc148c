package import TensorEngine

/// A tensor as it is exported: PyTorch's name, shape and elements.
package struct ExportedTensor {
    /// The name; nil for a constant.
    package let name: String?
    package let shape: [Int]
    /// What its axes are, for `--init-from`: as `layout.NAME` in a file's metadata; nil for a constant.
    package let layout: String?
    /// The elements, row-major.
    package let values: () -> [Float]

    package init(name: String?, shape: [Int], layout: String? = nil, values: @escaping () -> [Float]) {
        (self.name, self.shape, self.layout, self.values) = (name, shape, layout, values)
    }
}

/// The names of a model's tensors, and their layouts in PyTorch.
package struct TensorNames {
    private var names: [ObjectIdentifier: (own: String, isStatistic: Bool)] = [:]

    /// The names of the tensors of `model`.
    package init(_ model: any Parameterized) {
        let tree = model.parameters
        for (name, parameter) in tree.named { names[ObjectIdentifier(parameter)] = (name, false) }
        for (name, statistic) in tree.namedStatistics { names[ObjectIdentifier(statistic)] = (name, true) }
    }

    /// All names, as in PyTorch.
    package var all: Set<String> {
        Set(names.values.map { PyTorchNames.name(of: $0.own, isStatistic: $0.isStatistic) })
    }

    /// The tensor in PyTorch's form. Throws if a parameter is not one of the model.
    package func exported(_ tensor: GraphTensor) throws -> ExportedTensor {
        switch tensor {
        case .constant(let constant):
            return ExportedTensor(name: nil, shape: constant.shape.sizes) { constant.values }
        case .statistic(let reference):
            let statistic = reference.statistic
            return ExportedTensor(name: try name(of: statistic, statistic.shape), shape: statistic.shape.sizes) {
                statistic.value.values
            }
        case .parameter(let reference):
            let (parameter, shape) = (reference.parameter, reference.parameter.shape.sizes)
            let name = try name(of: parameter, parameter.shape)
            guard let axes = reference.axes else {
                return ExportedTensor(name: name, shape: shape) { parameter.value.values }
            }
            return ExportedTensor(name: name, shape: axes.pyTorchShape(of: shape), layout: axes.pyTorchText) {
                axes.inPyTorch(parameter.value.values, shape: shape)
            }
        }
    }

    private func name(of tensor: AnyObject, _ shape: Shape) throws -> String {
        guard let found = names[ObjectIdentifier(tensor)] else { throw UnnamedTensor(shape: shape) }
        return PyTorchNames.name(of: found.own, isStatistic: found.isStatistic)
    }
}

/// A layer describes a tensor that its `parameters` don't list.
struct UnnamedTensor: Error, CustomStringConvertible {
    let shape: Shape
    var description: String {
        "cannot export the model: its graph has a tensor of shape \(shape) that `parameters` does not list; add it there"
    }
}
