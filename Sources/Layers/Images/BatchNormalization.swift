import Preconditions
public import TensorEngine

/// Batch normalization of each channel (the innermost axis): `weight·(x - mean)/√(variance + ε) + bias`.
///
/// In training the moments are those of the shard's batch, or of all where the context synchronizes them, and the running ones take them in: the variance as the unbiased
/// estimate, weighted over the shards by their samples. Else the running moments are used. A channel with one value has
/// variance 0. Source: Ioffe and Szegedy, 2015; what runs is as in PyTorch. Where the running moments are frozen they are
/// used in training, too, as Keras has it for layers that are not trainable.
public struct BatchNormalization: Module {
    /// The factors and the summands, [channels]; they begin at 1 and 0.
    public let weight, bias: Parameter
    /// The running mean and variance, [channels]; they begin at 0 and 1.
    public let mean, variance: RunningStatistic
    private let epsilon: Float
    private let thenReLU: Bool

    /// The parameters and running statistics by name.
    public var parameters: ParameterTree {
        ["weight": weight, "bias": bias, "mean": mean, "variance": variance]
    }

    /// A layer for this many channels; `momentum` is the weight of a new step in the running moments.
    public init(_ channels: Int, epsilon: Float = 1e-5, momentum: Float = 0.1, thenReLU: Bool = false) {
        require(epsilon > 0, "BatchNormalization: ε must be above 0, found \(epsilon)")
        weight = Parameter(Tensor(repeating: 1, shape: [channels]), axes: .vector("channels"))
        bias = Parameter(Tensor(repeating: 0, shape: [channels]), axes: .vector("channels"))
        mean = RunningStatistic(Tensor(repeating: 0, shape: [channels]), momentum: momentum)
        variance = RunningStatistic(Tensor(repeating: 1, shape: [channels]), momentum: momentum)
        (self.epsilon, self.thenReLU) = (epsilon, thenReLU)
    }

    /// [n, …, channels] → the same shape.
    public func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor { self(x, adding: nil, context) }

    /// The same with `addend`, of the same shape, added before the ReLU: the end of a residual block in one pass.
    public func callAsFunction(_ x: Tensor, adding addend: Tensor?, _ context: ForwardContext) -> Tensor {
        guard context.isTraining && !mean.isFrozen && !variance.isFrozen else {
            let factor = weight.value / (variance.value + epsilon).squareRoot()
            let offset = ChannelMoments.offset(mean: mean.value, variance: variance.value, epsilon: epsilon)
            let (input, level) = offset.map { (x - $0, mean.value - $0) } ?? (x, mean.value)
            return input.channelAffine(
                scale: factor, shift: bias.value - level * factor, adding: addend, thenReLU: thenReLU)
        }
        func findMoments(of x: Tensor) -> ChannelMoments {
            context.synchronization.map { ChannelMoments(of: x, over: $0) } ?? ChannelMoments(of: x)
        }
        var (x, moments) = (x, findMoments(of: x))
        // the same on every rank, as the moments are
        let offset = moments.offset(epsilon: epsilon)
        if let offset {
            x = x - offset
            moments = findMoments(of: x)
        }
        let (samples, rows) = (x.shape[0], moments.rows)
        // sums over samples of what is the same for all samples of the shard
        let level = offset.map { moments.mean + $0 } ?? moments.mean
        mean.record(sums: level * Float(samples), count: samples)
        let unbiased = Float(rows) / Float(max(rows - 1, 1))
        variance.record(sums: moments.variance * (unbiased * Float(samples)), count: samples)
        return x.batchNormalized(
            moments, weight: weight.value, bias: bias.value, epsilon: epsilon, adding: addend, thenReLU: thenReLU)
    }

    public func describe(_ x: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        describe(x, adding: nil, in: graph)
    }

    /// The graph of the form with `addend`.
    func describe(_ x: GraphValue, adding addend: GraphValue?, in graph: GraphBuilder) -> GraphValue {
        let y = graph.batchNormalization(
            x, weight: weight, bias: bias, mean: mean, variance: variance, epsilon: epsilon)
        let sum = addend.map { graph.add(y, $0) } ?? y
        return thenReLU ? graph.relu(sum) : sum
    }
}
