import Kernels
import Layers
import TensorEngine

/// A layer that is linear in its input: a product with weights, plus a bias.
struct AffineLayer {
    var weight: Tensor
    var bias: Tensor?
    /// `weight` with a factor for each output, which is given as [outputs].
    let scaled: ((Tensor, Tensor) -> Tensor)?
    /// The output for an input, weights and a bias.
    let apply: (Tensor, Tensor, Tensor?) -> Tensor

    func callAsFunction(_ x: Tensor) -> Tensor { apply(x, weight, bias) }

    /// The layer with `x·scale + shift` behind it; nil where the weights have no axis of the outputs.
    func folded(scale: Tensor, shift: Tensor) -> AffineLayer? {
        guard let scaled else { return nil }
        var layer = self
        layer.weight = scaled(weight, scale)
        layer.bias = bias.map { $0 * scale + shift } ?? shift
        return layer
    }

    /// `x·Wᵀ + b` along the last axis, with `weight` [outputs, inputs].
    static func linear(weight: Tensor, bias: Tensor?) -> AffineLayer {
        AffineLayer(weight: weight, bias: bias) { weight, factors in
            weight * factors.reshaped(to: [factors.shape.count, 1])
        } apply: { x, weight, bias in
            let rows = x.reshaped(to: [x.shape.outerCount, x.shape.innermost])
            let y = rows.matrixProduct(weight, transposingOther: true)
            return (bias.map { y + $0 } ?? y).reshaped(to: Shape(x.shape.sizes.dropLast() + [weight.shape[0]]))
        }
    }

    /// `x·weight + bias` of the axis 1, with a weight for each channel.
    static func diagonal(weight: Tensor, bias: Tensor) -> AffineLayer {
        AffineLayer(weight: weight, bias: bias, scaled: nil) { x, weight, bias in
            let y = x.channelsLast * weight
            return (bias.map { y + $0 } ?? y).channelsFirst
        }
    }

    /// A convolution of [n, channels, …].
    static func convolution(_ convolution: GraphConvolution) -> AffineLayer {
        let axes = convolution.kernel.count
        func extent(_ sizes: [Int], _ usual: Int) -> Extent {
            axes == 1 ? Extent(usual, sizes[0]) : Extent(sizes[0], sizes[1])
        }
        let (stride, padding) = (extent(convolution.stride, 1), extent(convolution.padding, 0))
        let dilation = extent(convolution.dilation, 1)
        let outputPadding = convolution.outputPadding.map { extent($0, 0) }
        let groups = convolution.groups
        let scaled: (Tensor, Tensor) -> Tensor = { weight, factors in
            outputPadding == nil ? weight * factors : weight * factors.reshaped(to: [factors.shape.count, 1])
        }
        return AffineLayer(
            weight: convolution.weight.own, bias: convolution.bias?.own,
            scaled: outputPadding != nil && groups > 1 ? nil : scaled
        ) { x, weight, bias in
            let image = x.channelsLast.asImage
            let y =
                outputPadding.map {
                    image.transposedConvolution(
                        weight: weight, stride: stride, padding: padding, outputPadding: $0, dilation: dilation,
                        groups: groups)
                }
                ?? image.convolution(
                    weight: weight, stride: stride, padding: padding, dilation: dilation, groups: groups)
            let result = bias.map { y + $0 } ?? y
            return (axes == 1 ? result.asSequence : result).channelsFirst
        }
    }
}

extension Tensor {
    /// [n, length, channels] → [n, 1, length, channels].
    var asImage: Tensor { shape.rank == 4 ? self : reshaped(to: [shape[0], 1, shape[1], shape[2]]) }

    /// [n, 1, length, channels] → [n, length, channels].
    var asSequence: Tensor { reshaped(to: [shape[0], shape[2], shape[3]]) }
}
