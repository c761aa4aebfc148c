public import Kernels
public import TensorEngine

/// The distribution of a parameter's initial elements.
public enum Initializer: Sendable {
    /// Each element this value.
    case constant(Float)
    /// The uniform distribution over [-bound, bound].
    case uniform(bound: Float)
    /// The normal distribution of mean 0.
    case normal(deviation: Float)
    /// Uniform of variance 2 / (fan in + fan out). Source: Glorot and Bengio, 2010.
    case xavierUniform
    /// Normal of variance 2 / (fan in + fan out). Source: Glorot and Bengio, 2010.
    case xavierNormal
    /// Uniform of variance 2 / fan in. Source: He, Zhang, Ren, Sun, 2015.
    case heUniform
    /// Normal of variance 2 / fan in. Source: He, Zhang, Ren, Sun, 2015.
    case heNormal

    /// The normal distribution of mean 0, cut off at `bound` deviations to each side.
    case truncatedNormal(deviation: Float, bound: Float = 2)
    /// Uniform of variance `gain`² · 2 / (fan in + fan out).
    case scaledXavierUniform(gain: Float)
    /// Normal of variance `gain`² · 2 / (fan in + fan out).
    case scaledXavierNormal(gain: Float)
    /// Uniform of variance `gain`² / fan; He's gain is √2, for ReLU.
    case scaledHeUniform(fan: Fan, gain: Float)
    /// Normal of variance `gain`² / fan; He's gain is √2, for ReLU.
    case scaledHeNormal(fan: Fan, gain: Float)
    /// `gain` times a random matrix with orthonormal rows or columns, whichever are fewer; all axes but the innermost
    /// are its rows. Source: Saxe, McClelland, Ganguli, 2014.
    case orthogonal(gain: Float = 1)

    /// Which number of connections the variance is divided by.
    public enum Fan: Sendable {
        /// The inputs of each output: signals keep their variance forward.
        case inputs
        /// The outputs of each input: gradients keep theirs backward.
        case outputs
    }

    /// Each element 0.
    public static let zeros = Initializer.constant(0)

    /// A parameter of `shape`, each of whose outputs depends on `fanIn` inputs and each of whose inputs on `fanOut`
    /// outputs. `axes` says what the axes of the shape are.
    public func parameter(
        shape: Shape, fanIn: Int, fanOut: Int, axes: ParameterAxes? = nil, random: inout InitializationRandom
    ) -> Parameter {
        var generator = random.nextSequence()
        let (fanIn, fanOut) = (Float(fanIn), Float(fanOut))
        return Parameter(
            Tensor(shape: shape) { elements in
                switch self {
                case .constant(let value): elements.update(repeating: value)
                case .uniform(let bound): generator.fill(elements, uniformIn: -bound...bound)
                case .normal(let deviation): generator.fill(elements, mean: 0, deviation: deviation)
                case .xavierUniform:
                    let bound = (6 / (fanIn + fanOut)).squareRoot()
                    generator.fill(elements, uniformIn: -bound...bound)
                case .xavierNormal:
                    generator.fill(elements, mean: 0, deviation: (2 / (fanIn + fanOut)).squareRoot())
                case .heUniform:
                    let bound = (6 / fanIn).squareRoot()
                    generator.fill(elements, uniformIn: -bound...bound)
                case .heNormal: generator.fill(elements, mean: 0, deviation: (2 / fanIn).squareRoot())
                case .truncatedNormal(let deviation, let bound):
                    generator.fill(elements, deviation: deviation, truncatedAt: bound)
                case .scaledXavierUniform(let gain):
                    let bound = gain * (6 / (fanIn + fanOut)).squareRoot()
                    generator.fill(elements, uniformIn: -bound...bound)
                case .scaledXavierNormal(let gain):
                    generator.fill(elements, mean: 0, deviation: gain * (2 / (fanIn + fanOut)).squareRoot())
                case .scaledHeUniform(let fan, let gain):
                    let bound = gain * (3 / (fan == .inputs ? fanIn : fanOut)).squareRoot()
                    generator.fill(elements, uniformIn: -bound...bound)
                case .scaledHeNormal(let fan, let gain):
                    let fan = fan == .inputs ? fanIn : fanOut
                    generator.fill(elements, mean: 0, deviation: gain * (1 / fan).squareRoot())
                case .orthogonal(let gain):
                    OrthogonalMatrix(columns: shape.innermost, gain: gain).fill(elements, &generator)
                }
            }, axes: axes)
    }
}

/// The random numbers of a model's initialization: each parameter has its own sequence, in the order of creation.
public struct InitializationRandom: Sendable {
    private let seed: UInt64
    private var next: UInt64 = 0

    /// The random numbers of this seed.
    public init(seed: UInt64) { self.seed = seed }

    /// The sequence for the next parameter.
    public mutating func nextSequence() -> PhiloxGenerator {
        defer { next += 1 }
        return PhiloxGenerator(seed: seed, purpose: .initialization, stream: next)
    }
}
