import Datasets
import Layers
import TensorEngine
import Training

extension AxisMeaning {
    /// The tokens of a vocabulary, which index `tensors` along their axes, as far as the model has them.
    static func tokens(
        _ name: String, _ tokens: [String], _ tensors: [(name: String, axis: Int)], of model: any Parameterized
    ) -> AxisMeaning {
        let known = Set(model.parameters.named.map(\.name))
        return AxisMeaning(
            name, tokens, at: tensors.filter { known.contains($0.name) }.map { Place($0.name, axis: $0.axis) })
    }

    /// The classes, which are the outputs of the linear layer `layer`.
    static func classes(_ names: [String], outputsOf layer: String) -> AxisMeaning {
        AxisMeaning("classes", names, at: [Place("\(layer).weight", axis: 1), Place("\(layer).bias", axis: 0)])
    }
}

extension CharacterVocabulary {
    /// The characters in the order of their tokens.
    var names: [String] { text.unicodeScalars.map { String($0) } }
}
