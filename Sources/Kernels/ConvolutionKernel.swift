import CKernels
import COneDNN
import Preconditions

/// A convolution of one geometry or one of its gradients, computed by oneDNN or tiles of our own on images of layout [n, height, width, channels].
///
/// Images are used as they are. Weights, [height, width, inputs / groups, outputs], are copied into the layout that oneDNN
/// wants at each call; they are small. The compiled form is made at first use and kept.
public struct ConvolutionKernel: Hashable, Sendable {
    private enum Direction { case forward, inputGradient, weightGradient }

    private let geometry: ConvolutionGeometry
    private let direction: Direction
    private var hasBias = false
    private var hasReLU = false

    private init(_ geometry: ConvolutionGeometry, _ direction: Direction) {
        require(geometry.batch >= 1, "ConvolutionKernel: at least one image is needed")
        (self.geometry, self.direction) = (geometry, direction)
    }

    /// out = convolution of `input` with `weight` [+ bias] [then ReLU]. Pointers are borrowed for the length of the call.
    public static func forward(
        _ geometry: ConvolutionGeometry, input: UnsafePointer<Float>, weight: UnsafePointer<Float>,
        bias: UnsafePointer<Float>? = nil, hasReLU: Bool = false, into out: UnsafeMutablePointer<Float>
    ) {
        if geometry.goesByTiles {
            return geometry.withTiles { lockstep_convolution($0, input, weight, bias, hasReLU ? 1 : 0, out, $1) }
        }
        var kernel = ConvolutionKernel(geometry, .forward)
        (kernel.hasBias, kernel.hasReLU) = (bias != nil, hasReLU)
        kernel.use { compiled in
            let weights = compiled.weights(from: weight)
            if let bias {
                compiled.main.execute(input, weights.pointer, out, bias)
            } else {
                compiled.main.execute(input, weights.pointer, out)
            }
        }
    }

    /// The cotangent of the input for a cotangent of the output. Pointers are borrowed for the length of the call.
    public static func inputGradient(
        _ geometry: ConvolutionGeometry, cotangent: UnsafePointer<Float>, weight: UnsafePointer<Float>,
        into out: UnsafeMutablePointer<Float>
    ) {
        if geometry.goesBackByTiles {
            return geometry.withTiles { lockstep_convolution_input_gradient($0, cotangent, weight, out, $1) }
        }
        ConvolutionKernel(geometry, .inputGradient).use { compiled in
            let weights = compiled.weights(from: weight)
            compiled.main.execute(cotangent, weights.pointer, out)
        }
    }

    /// The cotangents of the weights and, if asked for, of the biases. Pointers are borrowed for the length of the call.
    public static func weightGradient(
        _ geometry: ConvolutionGeometry, cotangent: UnsafePointer<Float>, input: UnsafePointer<Float>,
        bias: UnsafeMutablePointer<Float>? = nil, into out: UnsafeMutablePointer<Float>
    ) {
        if geometry.weightGradientGoesByTiles {
            geometry.withTiles { lockstep_convolution_weight_gradient($0, cotangent, input, out, $1) }
            if let bias {
                lockstep_sum_rows(
                    cotangent, bias, geometry.batch * geometry.output.height * geometry.output.width, geometry.outputs)
            }
            return
        }
        var kernel = ConvolutionKernel(geometry, .weightGradient)
        kernel.hasBias = bias != nil
        kernel.use { compiled in
            let own = Buffer(count: compiled.weightCount)
            if let bias {
                compiled.main.execute(input, own.pointer, cotangent, bias)
            } else {
                compiled.main.execute(input, own.pointer, cotangent)
            }
            compiled.reorder.execute(own.pointer, out)
        }
    }

    private static let cache = CompiledCache<ConvolutionKernel, CompiledConvolution>()

    private func use(_ body: (CompiledConvolution) -> Void) { Self.cache.use(self, make: { $0.compile() }, body) }

    /// The primitive, and the copy of the weights between our layout and oneDNN's.
    private final class CompiledConvolution: Sendable {
        let main, reorder: CompiledPrimitive
        /// The elements of the weights in oneDNN's layout, which may be padded.
        let weightCount: Int

        init(main: CompiledPrimitive, reorder: CompiledPrimitive, weightCount: Int) {
            (self.main, self.reorder, self.weightCount) = (main, reorder, weightCount)
        }

        func weights(from plain: UnsafePointer<Float>) -> Buffer {
            let buffer = Buffer(count: weightCount)
            reorder.execute(plain, buffer.pointer)
            return buffer
        }
    }
}

extension ConvolutionKernel {
    private func compile() -> CompiledConvolution {
        let g = geometry
        var input = Self.imageLayout(g.batch, g.image, g.inputs)
        var output = Self.imageLayout(g.batch, g.output, g.outputs)
        var bias = OneDNN.layout([Int64(g.outputs)], strides: [1])
        var anyWeights = OneDNN.anyLayout(weightDimensions)
        let strides = [Int64(g.stride.height), Int64(g.stride.width)]
        let dilation = [Int64(g.dilation.height - 1), Int64(g.dilation.width - 1)]
        let before = [Int64(g.padding.height), Int64(g.padding.width)]
        // what is left over at the far end, so that sizes fit exactly
        let after = [
            Int64(
                (g.output.height - 1) * g.stride.height + g.dilation.height * (g.kernel.height - 1) + 1
                    - g.image.height - g.padding.height),
            Int64(
                (g.output.width - 1) * g.stride.width + g.dilation.width * (g.kernel.width - 1) + 1 - g.image.width
                    - g.padding.width),
        ]
        let attributes = OneDNN.makeAttributes(hasReLU: hasReLU)
        defer { OneDNN.check(dnnl_primitive_attr_destroy(attributes), "dnnl_primitive_attr_destroy") }

        func plan(_ description: inout dnnl_convolution_desc_t, hint: dnnl_primitive_desc_t?) -> dnnl_primitive_desc_t {
            var plan: dnnl_primitive_desc_t?
            OneDNN.check(
                dnnl_primitive_desc_create(&plan, &description, attributes, OneDNN.engine, hint),
                "dnnl_primitive_desc_create(convolution \(g))")
            return plan!
        }

        var description = dnnl_convolution_desc_t()
        let status =
            hasBias && direction == .forward
            ? dnnl_dilated_convolution_forward_desc_init(
                &description, dnnl_forward_training, dnnl_convolution_direct, &input, &anyWeights, &bias, &output,
                strides, dilation, before, after)
            : dnnl_dilated_convolution_forward_desc_init(
                &description, dnnl_forward_training, dnnl_convolution_direct, &input, &anyWeights, nil, &output,
                strides, dilation, before, after)
        OneDNN.check(status, "dnnl_dilated_convolution_forward_desc_init(\(g))")
        let forward = plan(&description, hint: nil)
        defer { OneDNN.check(dnnl_primitive_desc_destroy(forward), "dnnl_primitive_desc_destroy") }

        let plain = plainWeightLayout
        switch direction {
        case .forward:
            let own = dnnl_primitive_desc_query_md(forward, dnnl_query_weights_md, 0)!.pointee
            var layouts = [(DNNL_ARG_SRC, input), (DNNL_ARG_WEIGHTS, own), (DNNL_ARG_DST, output)]
            if hasBias { layouts.append((DNNL_ARG_BIAS, bias)) }
            return Self.compiled(forward, layouts, own: own, reorder: .reorder(from: plain, to: own))
        case .inputGradient:
            OneDNN.check(
                dnnl_dilated_convolution_backward_data_desc_init(
                    &description, dnnl_convolution_direct, &input, &anyWeights, &output, strides, dilation, before,
                    after), "dnnl_dilated_convolution_backward_data_desc_init(\(g))")
            let backward = plan(&description, hint: forward)
            defer { OneDNN.check(dnnl_primitive_desc_destroy(backward), "dnnl_primitive_desc_destroy") }
            let own = dnnl_primitive_desc_query_md(backward, dnnl_query_weights_md, 0)!.pointee
            return Self.compiled(
                backward, [(DNNL_ARG_DIFF_DST, output), (DNNL_ARG_WEIGHTS, own), (DNNL_ARG_DIFF_SRC, input)], own: own,
                reorder: .reorder(from: plain, to: own))
        case .weightGradient:
            let status =
                hasBias
                ? dnnl_dilated_convolution_backward_weights_desc_init(
                    &description, dnnl_convolution_direct, &input, &anyWeights, &bias, &output, strides, dilation,
                    before, after)
                : dnnl_dilated_convolution_backward_weights_desc_init(
                    &description, dnnl_convolution_direct, &input, &anyWeights, nil, &output, strides, dilation,
                    before, after)
            OneDNN.check(status, "dnnl_dilated_convolution_backward_weights_desc_init(\(g))")
            let backward = plan(&description, hint: forward)
            defer { OneDNN.check(dnnl_primitive_desc_destroy(backward), "dnnl_primitive_desc_destroy") }
            let own = dnnl_primitive_desc_query_md(backward, dnnl_query_diff_weights_md, 0)!.pointee
            var layouts = [(DNNL_ARG_SRC, input), (DNNL_ARG_DIFF_WEIGHTS, own), (DNNL_ARG_DIFF_DST, output)]
            if hasBias { layouts.append((DNNL_ARG_DIFF_BIAS, bias)) }
            return Self.compiled(backward, layouts, own: own, reorder: .reorder(from: own, to: plain))
        }
    }

    private static func compiled(
        _ plan: dnnl_primitive_desc_t, _ layouts: [(Int32, dnnl_memory_desc_t)], own: dnnl_memory_desc_t,
        reorder: CompiledPrimitive
    ) -> CompiledConvolution {
        var own = own
        return CompiledConvolution(
            main: CompiledPrimitive(plan, "convolution", layouts.map { (argument: $0, layout: $1) }), reorder: reorder,
            weightCount: (dnnl_memory_desc_get_size(&own) + 3) / 4)
    }

    /// [n, channels, height, width] by oneDNN's order of axes, with channels innermost in memory.
    private static func imageLayout(_ batch: Int, _ image: Extent, _ channels: Int) -> dnnl_memory_desc_t {
        let (n, c, h, w) = (Int64(batch), Int64(channels), Int64(image.height), Int64(image.width))
        return OneDNN.layout([n, c, h, w], strides: [h * w * c, 1, w * c, c])
    }

    /// [groups,] outputs / groups, inputs / groups, height, width.
    private var weightDimensions: [Int64] {
        let g = geometry
        let sizes = [g.outputs / g.groups, g.inputs / g.groups, g.kernel.height, g.kernel.width]
        return ((g.groups > 1 ? [g.groups] : []) + sizes).map(Int64.init)
    }

    /// The layout of weights in memory: [height, width, inputs / groups, outputs].
    private var plainWeightLayout: dnnl_memory_desc_t {
        let g = geometry
        let row = g.inputs / g.groups * g.outputs
        let strides = [1, g.outputs, g.kernel.width * row, row]
        return OneDNN.layout(
            weightDimensions, strides: ((g.groups > 1 ? [g.outputs / g.groups] : []) + strides).map(Int64.init))
    }
}
