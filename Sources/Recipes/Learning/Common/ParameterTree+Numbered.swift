import TensorEngine

extension ParameterTree {
    /// The elements under their numbers, from 0.
    init(numbered elements: [some ParameterTreeElement]) {
        self.init(elements.enumerated().map { ("\($0.offset)", $0.element) })
    }
}
