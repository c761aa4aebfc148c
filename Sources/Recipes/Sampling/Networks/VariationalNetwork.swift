import Foundation
import Layers
import TensorEngine

/// Independent normal weights: Bayes by Backprop.
struct VariationalNetwork: BayesModel {
    private let layers: [VariationalLinear]
    private let settings: BayesSettings

    var parameters: ParameterTree { ["layers": ParameterTree.numbered(layers)] }

    init(widths: [Int], _ settings: BayesSettings, random: inout InitializationRandom) {
        self.settings = settings
        layers = zip(widths, widths.dropFirst()).map {
            VariationalLinear($0, $1, deviation: settings.initialDeviation, random: &random)
        }
    }

    func training(_ x: Tensor, _ context: ForwardContext) -> [Tensor] { [outputs(x, context)] }

    func penalty(_ context: ForwardContext) -> Tensor {
        layers.map { $0.divergence(prior: settings.prior) }.reduce(Tensor(0), +) * Float(settings.klWeight)
    }

    func makeSampler() -> BayesSampler { { x, context in (0..<settings.draws).map { _ in outputs(x, context) } } }

    private func outputs(_ x: Tensor, _ context: ForwardContext) -> Tensor {
        var x = x
        for (index, layer) in layers.enumerated() {
            x = layer(x, context)
            if index < layers.count - 1 { x = x.relu() }
        }
        return x
    }
}

extension ParameterTree {
    /// Parts under the names `0`, `1`, …
    static func numbered(_ parts: [some Parameterized]) -> ParameterTree {
        ParameterTree(parts.enumerated().map { ("\($0.offset)", $0.element) })
    }
}
