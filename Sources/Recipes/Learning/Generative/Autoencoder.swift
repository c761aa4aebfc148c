import Foundation
import Layers
import TensorEngine
import Training

/// An encoder of images into codes, and a decoder of codes into images: perceptrons, one the mirror of the other.
struct Autoencoder: SummarizedNetwork {
    /// What its codes are.
    enum Kind: String {
        /// Numbers.
        case plain
        /// Numbers, of an image with some pixels masked. Source: Vincent and others, "Extracting and composing robust features
        /// with denoising autoencoders", 2008.
        case denoising
        /// Numbers of at least 0, whose sum is penalized.
        case sparse
        /// Drawn from a normal distribution that the encoder gives. Source: Kingma and Welling, "Auto-encoding variational
        /// Bayes", 2014.
        case variational
    }

    let kind: Kind
    let size: ImageSize
    let summary: String
    private let encoder, decoder: Sequential
    private let settings: AutoencoderSettings

    var parameters: ParameterTree { ["encoder": encoder.parameters, "decoder": decoder.parameters] }

    /// The losses that are logged, beside their sum.
    var lossNames: [String] {
        switch kind {
        case .plain, .denoising: ["reconstruction"]
        case .sparse: ["reconstruction", "sparsity", "active_codes"]
        case .variational: ["reconstruction", "kl"]
        }
    }

    init(_ kind: Kind, _ settings: Settings, _ size: ImageSize) {
        (self.kind, self.size, self.settings) = (kind, size, settings[AutoencoderSettings.self])
        var random = InitializationRandom(seed: settings.seed)
        let (code, hidden) = (self.settings.code, settings.model.hidden)
        let outputs = kind == .variational ? 2 * code : code
        encoder = Self.perceptron([size.count] + hidden + [outputs], &random)
        decoder = Self.perceptron([code] + hidden.reversed() + [size.count], &random)
        summary =
            "\(kind.rawValue) autoencoder \(([size.count] + hidden + [code]).map(String.init).joined(separator: "-")), "
            + "\(self.settings.likelihood.rawValue)"
    }

    /// Linear layers with ReLU between them, and PyTorch's initial weights: smaller ones than He's, as suits logits of pixels.
    private static func perceptron(_ widths: [Int], _ random: inout InitializationRandom) -> Sequential {
        Sequential(
            zip(widths, widths.dropFirst()).enumerated().map { index, layer in
                Linear(
                    layer.0, layer.1, thenReLU: index < widths.count - 2,
                    initializer: .uniform(bound: 1 / Float(layer.0).squareRoot()), random: &random)
            })
    }

    /// The codes of images [n, pixels]; of a variational autoencoder their means.
    func codes(_ images: Tensor) -> Tensor { moments(images, .inference()).mean }

    /// The images [n, pixels], with values in 0...1, of codes [n, code].
    func images(of codes: Tensor) -> Tensor {
        let output = decoder(codes)
        return settings.likelihood == .bernoulli ? output.sigmoid() : output.clamped(to: 0...1)
    }

    /// Elements of a code.
    var codeSize: Int { settings.code }

    /// The codes of images [n, pixels]; of a variational autoencoder their means, and the logarithms of their variances.
    func encoded(_ images: Tensor) -> [Tensor] {
        let (mean, logVariance) = moments(images, .inference())
        return [mean] + (logVariance.map { [$0] } ?? [])
    }

    /// The graph of `encoded`.
    func describeEncoder(_ images: GraphValue, in graph: GraphBuilder) throws -> [GraphValue] {
        let output = try encoder.describe(images, in: graph)
        let code = settings.code
        switch kind {
        case .plain, .denoising: return [output]
        case .sparse: return [graph.relu(output)]
        case .variational:
            return [
                graph.slice(output, 0..<code, alongAxis: 1), graph.slice(output, code..<(2 * code), alongAxis: 1),
            ]
        }
    }

    /// The graph of `images(of:)`.
    func describeDecoder(_ codes: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        let output = try decoder.describe(codes, in: graph)
        return settings.likelihood == .bernoulli ? graph.sigmoid(output) : graph.clamped(output, to: 0...1)
    }

    /// Images of codes that are drawn from the prior, the standard normal distribution.
    func samples(_ count: Int, _ context: ForwardContext) -> Tensor {
        images(of: context.normal([count, settings.code]))
    }

    /// What the encoder sees of images.
    func corrupted(_ images: Tensor, _ context: ForwardContext) -> Tensor {
        guard kind == .denoising else { return images }
        return images * context.bernoulli(images.shape, probability: Float(1 - settings.corruption))
    }

    /// The negative log-likelihood in nats of images [n, pixels] in 0...1, with the penalty of their codes; one term for
    /// each image.
    ///
    /// Of a variational autoencoder the negative evidence lower bound, with one draw for each image.
    func loss(_ images: Tensor, _ context: ForwardContext) -> SummedLoss {
        var (code, logVariance) = moments(corrupted(images, context), context)
        let mean = code
        if let logVariance { code = mean + (logVariance * 0.5).exp() * context.normal(mean.shape) }
        let reconstruction = negativeLogLikelihood(images, given: decoder(code, context))
        var terms = [reconstruction]
        var penalty: Tensor?
        switch kind {
        case .plain, .denoising: break
        case .sparse:
            let sum = code.sum()
            terms += [sum, (code.detached .> 0).sum() / Float(settings.code)]
            penalty = sum * Float(settings.sparsity)
        case .variational:
            // KL(N(μ, σ²) ‖ N(0, 1)) = (μ² + σ² - 1 - ln σ²) / 2 (Kingma and Welling, appendix B)
            guard let logVariance else { break }
            let divergence = (mean * mean + logVariance.exp() - 1 - logVariance).sum() * 0.5
            terms.append(divergence)
            penalty = divergence * Float(settings.beta)
        }
        let count = images.shape[0]
        return SummedLoss(
            sum: penalty.map { reconstruction + $0 } ?? reconstruction, count: count,
            metrics: zip(lossNames, terms).map { NamedSum($0, sum: Double($1.scalar), count: Double(count)) })
    }

    /// The code, or its mean and the logarithm of its variance.
    private func moments(_ images: Tensor, _ context: ForwardContext) -> (mean: Tensor, logVariance: Tensor?) {
        let output = encoder(images, context)
        switch kind {
        case .plain, .denoising: return (output, nil)
        case .sparse: return (output.relu(), nil)
        case .variational: return (output[0..., 0..<settings.code], output[0..., settings.code...])
        }
    }

    private func negativeLogLikelihood(_ images: Tensor, given output: Tensor) -> Tensor {
        switch settings.likelihood {
        case .bernoulli: return binaryCrossEntropy(output, images).sum
        case .gaussian:
            let variance = settings.deviation * settings.deviation
            let constant = 0.5 * log(2 * Double.pi * variance) * Double(images.shape.count)
            return squaredError(output, images).sum * Float(0.5 / variance) + Float(constant)
        }
    }
}
