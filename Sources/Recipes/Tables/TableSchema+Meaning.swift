import Datasets
import Training

extension TableSchema {
    /// What the inputs and outputs of a perceptron for this table stand for; `layers`: how many linear layers it has.
    func meanings(layers: Int) -> [AxisMeaning] {
        let last = "layers.\(layers - 1)"
        let weight = AxisMeaning.Place("\(last).weight", axis: 1)
        let bias = AxisMeaning.Place("\(last).bias", axis: 0, isOutputBias: true)
        let outputs: AxisMeaning
        switch target {
        case .number(let mean, let deviation):
            let entry = AxisMeaning.Entry(targetName, .init(mean: mean, deviation: deviation))
            outputs = AxisMeaning("target", [entry], at: [weight, bias])
        case .classes(let names): outputs = AxisMeaning("classes", names, at: [weight, bias])
        }
        let inputs = AxisMeaning.Place("layers.0.weight", axis: 0, inputBias: "layers.0.bias")
        return [AxisMeaning("columns", columns.flatMap(\.entries), at: [inputs]), outputs]
    }

    /// The names of the classes; none where a number is predicted.
    var classNames: [String] { if case .classes(let names) = target { names } else { [] } }
}

extension TableSchema.Column {
    /// The numbers that a field becomes, in the order of the inputs.
    fileprivate var entries: [AxisMeaning.Entry] {
        if case .numbers(let mean, let deviation, let marksMissing) = kind {
            let value = AxisMeaning.Entry(name, .init(mean: mean, deviation: deviation))
            return marksMissing ? [value, AxisMeaning.Entry("\(name) is missing")] : [value]
        }
        if case .categories(let names) = kind { return names.map { AxisMeaning.Entry("\(name)=\($0)") } }
        // of other kinds all parts are the same only where the whole kind is
        return (0..<kind.width).map { AxisMeaning.Entry("\(name) \($0) of \(kind)") }
    }
}
