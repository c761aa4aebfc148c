import Kernels
import Layers
import TensorEngine

/// Layers of images and of rows.
extension GraphInterpreter {
    /// A layer that is linear in its input, by the rule where there is one.
    mutating func affine(_ layer: AffineLayer, _ input: Int, _ output: Int) -> Tensor {
        let x = tensor(input)
        guard let rule else { return layer(x) }
        guard !foldable.contains(output) else {
            // its relevance comes by way of the normalization behind it, which reads the input
            unfolded[output] = (layer, input)
            return layer(x.detached)
        }
        return rule.output(of: layer, x)
    }

    /// `x·scale + shift` for each channel; with a rule it is one layer with the one before it.
    func batchNormalized(_ input: Int, scale: Tensor, shift: Tensor) -> Tensor {
        let own = AffineLayer.diagonal(weight: scale, bias: shift)
        guard let rule else { return own(tensor(input)) }
        guard let (before, source) = unfolded[input] else {
            return rule.output(of: own, tensor(input))
        }
        guard let folded = before.folded(scale: scale, shift: shift) else {
            return rule.output(of: own, rule.output(of: before, tensor(source)))
        }
        return rule.output(of: folded, tensor(source))
    }

    /// `x / √(squares + ε)·weight + bias` along the last axis; for relevance the divisor is a constant.
    func normalized(_ x: Tensor, _ squares: Tensor, _ weight: Tensor, _ bias: Tensor?, _ epsilon: Float) -> Tensor {
        let divisor = (squares + epsilon).squareRoot()
        let y = x / (rule == nil ? divisor : divisor.detached) * weight
        return bias.map { y + $0 } ?? y
    }

    /// Normalization of groups of the axis 1 over all other axes but the first.
    func groupNormalized(_ x: Tensor, _ groups: Int, _ weight: Tensor, _ bias: Tensor, _ epsilon: Float) -> Tensor {
        let rows = x.reshaped(to: [x.shape[0], groups, x.shape.count / (x.shape[0] * groups)])
        let centered = rows - rows.mean(alongAxis: 2)
        let divisor = ((centered * centered).mean(alongAxis: 2) + epsilon).squareRoot()
        let y = (centered / (rule == nil ? divisor : divisor.detached)).reshaped(to: x.shape)
        return (y.channelsLast * weight + bias).channelsFirst
    }

    /// Pooling of [n, channels, …]; the relevance of a maximum is that of the largest element.
    func pooled(_ x: Tensor, _ pooling: GraphPooling) -> Tensor {
        let isSequence = x.shape.rank == 3
        func extent(_ sizes: [Int], _ usual: Int) -> Extent {
            isSequence ? Extent(usual, sizes[0]) : Extent(sizes[0], sizes[1])
        }
        let image = x.channelsLast.asImage
        let (window, stride) = (extent(pooling.window, 1), extent(pooling.stride, 1))
        let padding = extent(pooling.padding, 0)
        let y =
            switch pooling.kind {
            case .maximum: image.maxPooled(window: window, stride: stride, padding: padding)
            case .average(let countsPadding):
                image.averagePooled(window: window, stride: stride, padding: padding, countsPadding: countsPadding)
            }
        return (isSequence ? y.asSequence : y).channelsFirst
    }

    /// A function of elements, or along the last axis; relevance passes through.
    func function(_ function: GraphFunction, _ x: Tensor) -> Tensor {
        guard rule != nil else { return Self.value(function, x) }
        let value = Self.value(function, x.detached)
        // the weights that a softmax gives are constants for those that they weigh
        if function == .softmax { return value }
        return value.passing(through: x)
    }

    private static func value(_ function: GraphFunction, _ x: Tensor) -> Tensor {
        switch function {
        case .relu: x.relu()
        case .tanh: x.tanh()
        case .sigmoid: x.sigmoid()
        case .silu: x.silu()
        case .softplus: x.softplus()
        case .gelu: x.gelu()
        case .geluByTanh: x.geluByTanh()
        case .softmax: x.softmax()
        case .logSoftmax: x.logSoftmax()
        case .exponential: x.exp()
        case .logarithm: x.log()
        case .squareRoot: x.squareRoot()
        case .leakyReLU(let slope): x.leakyReLU(slope: slope)
        case .elu(let alpha): x.elu(alpha: alpha)
        case .isPositive: x .> 0
        case .clamp(let low, let high): x.clamped(to: low...high)
        }
    }

    /// Arithmetic; the relevance of a product is halved between factors that both depend on the input, and a divisor
    /// has none.
    func binary(_ arithmetic: GraphArithmetic, _ a: Tensor, _ b: Tensor) -> Tensor {
        switch arithmetic {
        case .add: return a + b
        case .subtract: return a - b
        case .multiply:
            guard rule != nil, a.isTracked, b.isTracked else { return a * b }
            return (a * b.detached + a.detached * b) * 0.5
        case .divide: return a / (rule == nil ? b : b.detached)
        }
    }
}
