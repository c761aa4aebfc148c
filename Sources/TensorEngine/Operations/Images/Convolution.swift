public import Kernels
import Preconditions

// A family closed under differentiation. With C the convolution of an image x with weights w, bilinear in both:
// ⟨ȳ, C(x, w)⟩ = ⟨D(ȳ, w), x⟩ = ⟨W(ȳ, x), w⟩ defines its input gradient D and its weight gradient W.

/// Convolution `y = C(x, w) [+ b] [then ReLU]`: x [n, height, width, inputs], w [height, width, inputs / groups, outputs].
struct Convolution: Primitive {
    static let saves: SavedValues = [.inputs, .output]
    let geometry: ConvolutionGeometry
    var hasReLU = false

    func forward(_ inputs: [Tensor]) -> Tensor {
        let (x, weight, bias) = (inputs[0], inputs[1], inputs.count > 2 ? inputs[2] : nil)
        geometry.check(input: x.shape, weight: weight.shape, bias: bias?.shape)
        return Tensor(shape: Shape(geometry.outputSizes)) {
            ConvolutionKernel.forward(
                geometry, input: x.buffer.pointer, weight: weight.buffer.pointer, bias: bias?.buffer.pointer,
                hasReLU: hasReLU, into: $0.baseAddress!)
        }
    }

    // z = C(x, w) + b, y = max(z, 0)  ⇒  z̄ = ȳ where y > 0;  x̄ = D(z̄, w), w̄ = W(z̄, x), b̄ = Σ z̄ over all but channels
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        let (x, weight) = (saved.inputs[0], saved.inputs[1])
        let z = hasReLU ? ReLUGradient()(cotangent, saved.output.detached) : cotangent
        var results = [saved.needs[0] ? ConvolutionInputGradient(geometry: geometry)(z, weight) : nil]
        let needsBias = saved.needs.count > 2 && saved.needs[2]
        if saved.needs[1] && needsBias && !saved.recordsGraph {
            results += parameterGradients(z, x, out: saved.out(1))
        } else {
            let gradient = ConvolutionWeightGradient(geometry: geometry)
            results.append(saved.needs[1] ? gradient.applied(to: [z, x], out: saved.out(1)) : nil)
            if saved.needs.count > 2 { results.append(needsBias ? z.sum(to: [geometry.outputs]) : nil) }
        }
        return results
    }

    /// The cotangents of weights and biases in one pass.
    private func parameterGradients(_ z: Tensor, _ x: Tensor, out: Buffer?) -> [Tensor] {
        let bias = Tensor(shape: [geometry.outputs]) { _ in }
        let weight = Tensor(shape: Shape(geometry.weightSizes), out: out) {
            ConvolutionKernel.weightGradient(
                geometry, cotangent: z.buffer.pointer, input: x.buffer.pointer, bias: bias.buffer.pointer,
                into: $0.baseAddress!)
        }
        return [weight, bias]
    }
}

/// A convolution's input gradient `D(ȳ, w)`; used forward, it is the transposed convolution.
struct ConvolutionInputGradient: Primitive {
    static let saves: SavedValues = .inputs
    let geometry: ConvolutionGeometry

    func forward(_ inputs: [Tensor]) -> Tensor {
        let (cotangent, weight) = (inputs[0], inputs[1])
        geometry.check(output: cotangent.shape, weight: weight.shape)
        return Tensor(shape: Shape(geometry.inputSizes)) {
            ConvolutionKernel.inputGradient(
                geometry, cotangent: cotangent.buffer.pointer, weight: weight.buffer.pointer, into: $0.baseAddress!)
        }
    }

    // y = D(c, w)  ⇒  c̄ = C(ȳ, w), w̄ = W(c, ȳ)
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        let (c, weight) = (saved.inputs[0], saved.inputs[1])
        return [
            saved.needs[0] ? Convolution(geometry: geometry)(cotangent, weight) : nil,
            saved.needs[1]
                ? ConvolutionWeightGradient(geometry: geometry).applied(to: [c, cotangent], out: saved.out(1)) : nil,
        ]
    }
}

/// A convolution's weight gradient `W(ȳ, x)`.
struct ConvolutionWeightGradient: OutPrimitive {
    static let saves: SavedValues = .inputs
    let geometry: ConvolutionGeometry

    func forward(_ inputs: [Tensor], out: Buffer?) -> Tensor {
        let (cotangent, x) = (inputs[0], inputs[1])
        geometry.check(input: x.shape, output: cotangent.shape)
        return Tensor(shape: Shape(geometry.weightSizes), out: out) {
            ConvolutionKernel.weightGradient(
                geometry, cotangent: cotangent.buffer.pointer, input: x.buffer.pointer, into: $0.baseAddress!)
        }
    }

    // y = W(c, x)  ⇒  c̄ = C(x, ȳ), x̄ = D(c, ȳ)
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        let (c, x) = (saved.inputs[0], saved.inputs[1])
        return [
            saved.needs[0] ? Convolution(geometry: geometry)(x, cotangent) : nil,
            saved.needs[1] ? ConvolutionInputGradient(geometry: geometry)(c, cotangent) : nil,
        ]
    }
}

extension ConvolutionGeometry {
    /// Checks that the given shapes are those of this geometry.
    fileprivate func check(
        input: Shape? = nil, output: Shape? = nil, weight: Shape? = nil, bias: Shape? = nil
    ) {
        for (name, found, needed) in [
            ("input", input, inputSizes), ("output", output, outputSizes), ("weight", weight, weightSizes),
            ("bias", bias, [outputs]),
        ] {
            require(
                found == nil || found == Shape(needed),
                "convolution: the \(name)'s shape is \(found ?? []), \(needed) is needed")
        }
    }
}

extension Tensor {
    /// The two-dimensional convolution (cross-correlation, as is usual) with `weight`, plus `bias`, then ReLU if asked for.
    ///
    /// [n, height, width, inputs] → [n, height, width, outputs]; weight [height, width, inputs / groups, outputs], bias [outputs].
    public func convolution(
        weight: Tensor, bias: Tensor? = nil, stride: Extent = 1, padding: Extent = 0, dilation: Extent = 1,
        groups: Int = 1, thenReLU: Bool = false
    ) -> Tensor {
        require(
            shape.rank == 4 && weight.shape.rank == 4,
            "convolution: input \(shape) and weight \(weight.shape) must have four axes")
        let operation = Convolution(
            geometry: ConvolutionGeometry(
                batch: shape[0], image: Extent(shape[1], shape[2]), inputs: shape[3],
                kernel: Extent(weight.shape[0], weight.shape[1]), outputs: weight.shape[3], stride: stride,
                padding: padding, dilation: dilation, groups: groups), hasReLU: thenReLU)
        return bias.map { operation(self, weight, $0) } ?? operation(self, weight)
    }

    /// The transposed convolution with `weight`: the input gradient of the convolution that has `self` as its output.
    ///
    /// [n, height, width, inputs] → [n, h, w, outputs], where h = (height - 1)·stride - 2·padding + dilation·(kernel - 1) + 1
    /// + outputPadding; weight [height, width, outputs / groups, inputs].
    public func transposedConvolution(
        weight: Tensor, stride: Extent = 1, padding: Extent = 0, outputPadding: Extent = 0, dilation: Extent = 1,
        groups: Int = 1
    ) -> Tensor {
        require(
            shape.rank == 4 && weight.shape.rank == 4,
            "transposed convolution: input \(shape) and weight \(weight.shape) must have four axes")
        func size(_ axis: KeyPath<Extent, Int>, _ input: Int, _ kernel: Int) -> Int {
            let (step, extra) = (stride[keyPath: axis], outputPadding[keyPath: axis])
            require(
                extra >= 0 && extra < step,
                "transposed convolution: the output padding \(outputPadding) must be below the stride \(stride)"
            )
            return (input - 1) * step - 2 * padding[keyPath: axis] + dilation[keyPath: axis] * (kernel - 1) + 1 + extra
        }
        let image = Extent(
            size(\.height, shape[1], weight.shape[0]), size(\.width, shape[2], weight.shape[1]))
        let geometry = ConvolutionGeometry(
            batch: shape[0], image: image, inputs: weight.shape[2] * groups,
            kernel: Extent(weight.shape[0], weight.shape[1]), outputs: weight.shape[3], stride: stride,
            padding: padding, dilation: dilation, groups: groups)
        return ConvolutionInputGradient(geometry: geometry)(self, weight)
    }
}
