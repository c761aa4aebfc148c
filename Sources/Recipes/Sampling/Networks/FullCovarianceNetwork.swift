import Kernels
import Layers
import Probability
import TensorEngine
import Training

/// Normal weights with all their covariances: of the network, or of each layer where that has too many weights.
///
/// Source: Barber and Bishop, "Ensemble learning in Bayesian neural networks", 1998. The weights are drawn once for all
/// samples of a step; the gradient is the path derivative alone, which has no noise where the posterior is normal
/// (Roeder, Wu, Duvenaud, "Sticking the landing", 2017).
struct FullCovarianceNetwork: BayesModel {
    /// Its own weights are not used.
    private let network: MultilayerPerceptron
    private let shapes: [Shape]
    private let blocks: [NormalBlock]
    private let settings: BayesSettings
    private let seed: UInt64

    var parameters: ParameterTree { ["blocks": ParameterTree.numbered(blocks)] }

    /// The most weights of a network that have all covariances.
    static let networkLimit = 2048

    init(_ network: MultilayerPerceptron, widths: [Int], _ settings: BayesSettings, seed: UInt64) throws {
        (self.network, self.settings, self.seed) = (network, settings, seed)
        let initial = network.parameters.named.map(\.parameter.value)
        shapes = initial.map(\.shape)
        let layers = stride(from: 0, to: initial.count, by: 2).map { Array(initial[$0..<($0 + 2)]) }
        let count = initial.reduce(0) { $0 + $1.shape.count }
        let groups = count <= Self.networkLimit ? [initial] : layers
        for group in groups {
            let size = group.reduce(0) { $0 + $1.shape.count }
            guard size <= CovarianceTooLarge.limit else {
                throw CovarianceTooLarge(
                    model: "full-covariance", what: "a layer's covariance", widths: widths, size: size,
                    limit: CovarianceTooLarge.limit, other: "backprop")
            }
        }
        blocks = groups.map { group in
            NormalBlock(
                mean: .concatenated(group.map { $0.reshaped(to: [$0.shape.count]) }, alongAxis: 0),
                deviation: settings.initialDeviation)
        }
    }

    func training(_ x: Tensor, _ context: ForwardContext) -> [Tensor] {
        let drawn = zip(blocks, noise(context)).map { $0.draw($1) }
        return [network.outputs(x, weights: weights(drawn), context)]
    }

    func penalty(_ context: ForwardContext) -> Tensor {
        zip(blocks, noise(context)).map { $0.divergence($1, prior: settings.prior) }.reduce(Tensor(0), +)
            * Float(settings.klWeight)
    }

    func makeSampler() -> BayesSampler {
        let noise = WeightNoise(seed: seed)
        let draws = (0..<settings.draws).map { draw in
            weights(
                blocks.enumerated().map { index, block in
                    block.draw(noise.normal(block.mean.shape, draw: draw, index: index))
                })
        }
        return { x, _ in draws.map { network.outputs(x, weights: $0) } }
    }

    /// Normal numbers of each block, keyed by (seed, step).
    private func noise(_ context: ForwardContext) -> [Tensor] {
        blocks.enumerated().map { index, block in
            guard let step = context.randomness?.step else { return Tensor(repeating: 0, shape: block.mean.shape) }
            var random = PhiloxGenerator(
                seed: seed, purpose: .gradientNoise, stream: UInt64(step) << 16 | UInt64(index))
            return Tensor(shape: block.mean.shape) { random.fill($0, mean: 0, deviation: 1) }
        }
    }

    /// The tensors of the network.
    private func weights(_ blocks: [Tensor]) -> [Tensor] {
        var (block, next) = (0, 0)
        return shapes.map { shape in
            if next == blocks[block].shape.count { (block, next) = (block + 1, 0) }
            defer { next += shape.count }
            return blocks[block][next..<(next + shape.count)].reshaped(to: shape)
        }
    }
}
