import Kernels
import Layers
import TensorEngine

/// A generator of samples from noise, and a discriminator that tells them from true ones.
struct AdversarialNetworks: SummarizedNetwork {
    let generator, discriminator: any Module
    let summary: String
    /// Elements of the latent vector.
    let noise: Int
    /// The classes that both are told; nil: none.
    let classes: Int?
    private let loss: GANSettings.Loss
    private let realLabel, penalty: Float

    var parameters: ParameterTree {
        ["generator": generator.parameters, "discriminator": discriminator.parameters]
    }

    /// - Parameter classes: those that both networks are told, as a one-hot code after the noise, and after the elements or, of
    ///   images [n, height, width, channels], the channels of a sample.
    init(
        generator: any Module, discriminator: any Module, _ settings: GANSettings, classes: Int?, summary: String
    ) {
        (self.generator, self.discriminator, self.summary, self.classes) = (generator, discriminator, summary, classes)
        (noise, loss) = (settings.noise, settings.loss)
        (realLabel, penalty) = (Float(settings.realLabel), Float(settings.penalty))
    }

    /// Samples for the noise of the context's samples.
    /// - Parameter labels: of a conditional network the classes; nil: by the numbers of the samples, in turn.
    func samples(_ count: Int, _ labels: Indices?, _ context: ForwardContext) -> Tensor {
        let latent = context.normal([count, noise])
        guard let code = code(labels ?? turns(context), count) else { return generator(latent, context) }
        return generator(.concatenated([latent, code], alongAxis: 1), context)
    }

    private func turns(_ context: ForwardContext) -> Indices? {
        guard let classes, let samples = context.samples else { return nil }
        return Indices(samples.map { Int32($0 % classes) })
    }

    private func code(_ labels: Indices?, _ count: Int) -> Tensor? {
        guard let classes else { return nil }
        return (labels ?? Indices([Int32](repeating: 0, count: count))).oneHot(classes: classes)
    }

    /// The discriminator's logits, or the critic's scores, [n, 1].
    private func scores(_ x: Tensor, _ labels: Indices?, _ context: ForwardContext) -> Tensor {
        guard let code = code(labels, x.shape[0]), let classes else { return discriminator(x, context) }
        let last = x.shape.rank - 1
        let sizes = [x.shape[0]] + [Int](repeating: 1, count: last - 1) + [classes]
        let maps = code.reshaped(to: Shape(sizes)).broadcast(to: Shape(x.shape.sizes.dropLast() + [classes]))
        return discriminator(.concatenated([x, maps], alongAxis: last), context)
    }

    /// The metrics of the discriminator's loss.
    var metricNames: [String] {
        switch loss {
        case .nonSaturating: ["d_real", "d_fake"]
        case .wassersteinGradientPenalty: ["wasserstein", "gradient_norm"]
        }
    }

    /// The discriminator's loss, one term for each of these samples; what it says of them and of generated ones are its metrics.
    func discriminatorLoss(_ x: Tensor, _ labels: Indices?, _ context: ForwardContext) -> SummedLoss {
        let count = x.shape[0]
        // only the discriminator learns from these samples
        let fakes = RunningStatistic.withoutRecording(generator) { samples(count, labels, context).detached }
        let (real, fake) = (scores(x, labels, context), scores(fakes, labels, context))
        func metrics(_ values: Tensor...) -> [NamedSum] {
            zip(metricNames, values).map {
                NamedSum($0, sum: Double($1.detached.sum().scalar), count: Double(count))
            }
        }
        switch loss {
        case .nonSaturating:
            let loss =
                binaryCrossEntropy(real, Tensor(repeating: realLabel, shape: real.shape)).sum
                + binaryCrossEntropy(fake, Tensor(repeating: 0, shape: fake.shape)).sum
            return SummedLoss(
                sum: loss, count: count,
                metrics: metrics(real.detached.sigmoid(), fake.detached.sigmoid()))
        case .wassersteinGradientPenalty:
            let norms = gradientNorms(between: x, fakes, labels, context)
            let excess = norms - 1
            let sum = fake.sum() - real.sum() + (excess * excess).sum() * penalty
            return SummedLoss(
                sum: sum, count: count, metrics: metrics(real.detached - fake.detached, norms))
        }
    }

    /// |∇D| at a random point between each true and each generated sample, [n]; a function of the discriminator's weights, too.
    private func gradientNorms(
        between real: Tensor, _ fake: Tensor, _ labels: Indices?, _ context: ForwardContext
    ) -> Tensor {
        let count = real.shape[0]
        let share = context.uniform(Shape([count] + [Int](repeating: 1, count: real.shape.rank - 1)))
        let between = (fake + (real - fake) * share).detached.tracked
        let output = RunningStatistic.withoutRecording(discriminator) { scores(between, labels, context) }
        let slope = gradients(of: output.sum(), withRespectTo: [between], createsGraph: true)[0]
        let squares = (slope * slope).reshaped(to: [count, slope.shape.count / count]).sum(alongAxis: 1)
        // the root has no derivative at 0
        return (squares.reshaped(to: [count]) + 1e-12).squareRoot()
    }

    /// The generator's loss, one term for each sample.
    func generatorLoss(_ count: Int, _ labels: Indices?, _ context: ForwardContext) -> SummedLoss {
        let fakes = samples(count, labels, context)
        let output = RunningStatistic.withoutRecording(discriminator) { scores(fakes, labels, context) }
        return switch loss {
        case .nonSaturating: binaryCrossEntropy(output, Tensor(repeating: 1, shape: output.shape))
        case .wassersteinGradientPenalty: SummedLoss(sum: -output.sum(), count: count)
        }
    }
}
