import Kernels
import Preconditions
public import TensorEngine

/// Learned positional embeddings: a trainable vector added at each position of a sequence.
public struct LearnedPositions: Module {
    /// The vectors, [context, width].
    public let weight: Parameter

    public var parameters: ParameterTree { ["weight": weight] }

    /// Vectors for `context` positions.
    public init(
        context: Int, width: Int, initializer: Initializer = .normal(deviation: 0.02),
        random: inout InitializationRandom
    ) {
        weight = initializer.parameter(
            shape: [context, width], fanIn: context, fanOut: width, axes: .table("positions"), random: &random)
    }

    /// [n, t, width] → the same shape; t is at most the context.
    public func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor { self(x, from: 0) }

    /// [n, t, width] → the same shape, for positions from `start` on.
    public func callAsFunction(_ x: Tensor, from start: Int) -> Tensor {
        let end = start + x.shape[x.shape.rank - 2]
        require(
            end <= weight.shape[0], "LearnedPositions: \(end) positions are more than the context of \(weight.shape[0])"
        )
        return x + weight.value.slice(start..<end, alongAxis: 0)
    }

    public func describe(_ x: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        graph.add(x, graph.positions(of: x, table: weight))
    }
}

/// Sinusoidal positional encodings with wavelengths from 2π to 10000·2π, sine in even elements and cosine in odd ones.
///
/// Source: Vaswani et al., "Attention is all you need", 2017, section 3.5.
public struct SinusoidalPositions: Module {
    private let table: Tensor

    public var parameters: ParameterTree { [:] }

    /// The encodings of `context` positions.
    public init(context: Int, width: Int) {
        require(width % 2 == 0, "SinusoidalPositions: the width must be even, found \(width)")
        let angles = PositionAngles(width: width, base: 10000)
        table = Tensor(shape: [context, width]) { out in
            for place in 0..<context {
                for pair in 0..<(width / 2) {
                    let (sine, cosine) = angles.sineAndCosine(place: place, pair: pair)
                    (out[place * width + 2 * pair], out[place * width + 2 * pair + 1]) = (sine, cosine)
                }
            }
        }
    }

    /// [n, t, width] → the same shape; t is at most the context.
    public func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor {
        let length = x.shape[x.shape.rank - 2]
        require(
            length <= table.shape[0],
            "SinusoidalPositions: \(length) positions are more than the context of \(table.shape[0])")
        return x + table.slice(0..<length, alongAxis: 0)
    }

    public func describe(_ x: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        graph.add(x, graph.positions(of: x, table: table))
    }
}

/// Rotary positional encodings (RoPE): rotates queries and keys by angles proportional to their positions.
///
/// Source: Su et al., "RoFormer: enhanced transformer with rotary position embedding", 2021; element i is paired with i
/// + width/2 of the same head.
public struct RotaryPositions: Sendable {
    private let cosines, sines: Tensor

    /// The angles position·base^(-2i/width) of `context` positions, for heads of `width` elements.
    public init(context: Int, width: Int, base: Double = 10000) {
        require(width % 2 == 0, "RotaryPositions: the width of a head must be even, found \(width)")
        let angles = PositionAngles(width: width, base: base)
        func table(_ value: (Int, Int) -> Float) -> Tensor {
            Tensor(shape: [context, width / 2]) { out in
                for i in out.indices { out[i] = value(i / (width / 2), i % (width / 2)) }
            }
        }
        cosines = table { angles.sineAndCosine(place: $0, pair: $1).cosine }
        sines = table { angles.sineAndCosine(place: $0, pair: $1).sine }
    }

    /// Queries or keys [n, t, heads·width] of the positions from `start` on, rotated.
    public func rotate(_ x: Tensor, heads: Int, from start: Int = 0) -> Tensor {
        let range = start..<(start + x.shape[1])
        require(
            range.upperBound <= cosines.shape[0],
            "RotaryPositions: \(range.upperBound) positions are more than the context of \(cosines.shape[0])")
        return x.rotated(
            heads: heads, cosines: cosines.slice(range, alongAxis: 0), sines: sines.slice(range, alongAxis: 0))
    }

    /// The graph of the same, for positions from the first on.
    func describe(_ x: GraphValue, heads: Int, in graph: GraphBuilder) -> GraphValue {
        graph.rotated(x, heads: heads, cosines: cosines, sines: sines)
    }
}

/// The angles position·base^(-2·pair/width).
private struct PositionAngles {
    let width: Int
    let base: Double

    func sineAndCosine(place: Int, pair: Int) -> (sine: Float, cosine: Float) {
        let frequency = exponential(-2 * Double(pair) / Double(width) * logarithm(base))
        let (sine, cosine) = Kernels.sineAndCosine(Double(place) * frequency)
        return (Float(sine), Float(cosine))
    }
}
