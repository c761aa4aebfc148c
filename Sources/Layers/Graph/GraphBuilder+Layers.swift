public import Kernels
import Preconditions
public import TensorEngine

/// What layers are made of: functions with weights.
extension GraphBuilder {
    /// `x·W [+ b]` along the innermost axis, with `W` [inputs, outputs].
    public func linear(_ x: GraphValue, weight: Parameter, bias: Parameter? = nil) -> GraphValue {
        let axes = weight.axes ?? .matrix()
        require(
            axes.pyTorchOrder == [1, 0],
            "GraphBuilder.linear: a weight of axes [inputs, outputs] (ParameterAxes.matrix) is needed, found \(axes.text)"
        )
        let x = rows(x, for: weight)
        return node(
            .linear(weight: GraphTensor(weight, axes: axes), bias: bias.map { GraphTensor($0) }), [x],
            x.shape.dropLast() + [.fixed(weight.shape[1])])
    }

    /// `x·Wᵀ` along the innermost axis with `W` [outputs, inputs], such as the table of the embeddings of a language model.
    public func tiedLinear(_ x: GraphValue, table: Parameter) -> GraphValue {
        require(
            table.axes?.pyTorchOrder ?? [0, 1] == [0, 1],
            "GraphBuilder.tiedLinear: a table of axes [outputs, inputs] is needed, found \(table.axes?.text ?? "")")
        let x = rowMajor(x)
        return node(
            .linear(weight: GraphTensor(table), bias: nil), [x], x.shape.dropLast() + [.fixed(table.shape[0])])
    }

    /// The rows of a table [entries, width] for indices [...]: [..., width].
    public func embedding(_ indices: GraphValue, table: Parameter) -> GraphValue {
        node(.embedding(weight: GraphTensor(table)), [indices], indices.shape + [.fixed(table.shape[1])])
    }

    /// The first rows of a table [positions, width], one for each position of `x` [n, t, …]: [t, width].
    public func positions(of x: GraphValue, table: Parameter) -> GraphValue {
        node(.firstRows(GraphTensor(table)), [rowMajor(x)], [x.shape[1], .fixed(table.shape[1])])
    }

    /// The same of a constant table.
    public func positions(of x: GraphValue, table: Tensor) -> GraphValue {
        node(.firstRows(.constant(table)), [rowMajor(x)], [x.shape[1], .fixed(table.shape[1])])
    }

    /// A convolution of images [n, height, width, inputs] or sequences [n, length, inputs], as of `Convolution2D` and `Convolution1D`;
    /// `outputPadding`: a transposed one, as of `TransposedConvolution2D`.
    public func convolution(
        _ x: GraphValue, weight: Parameter, bias: Parameter?, stride: Extent, padding: Extent, dilation: Extent,
        groups: Int, outputPadding: Extent? = nil
    ) -> GraphValue {
        require(
            x.rank == 4 || x.rank == 3, "GraphBuilder.convolution: images or sequences are needed, found \(x.shape)")
        let (x, axes) = (channelsFirst(x), x.rank - 2)
        func last(_ extent: Extent) -> [Int] { [extent.height, extent.width].suffix(axes) }
        let isTransposed = outputPadding != nil
        let convolution = GraphConvolution(
            weight: GraphTensor(weight, axes: isTransposed ? .transposedConvolution : .convolution),
            bias: bias.map { GraphTensor($0) },
            kernel: weight.shape.sizes[..<2].suffix(axes), stride: last(stride), padding: last(padding),
            dilation: last(dilation), inputs: x.width,
            outputs: isTransposed ? weight.shape[2] * groups : weight.shape[3], groups: groups,
            outputPadding: outputPadding.map(last))
        let sizes = (0..<axes).map { axis -> GraphDimension in
            let reach = convolution.dilation[axis] * (convolution.kernel[axis] - 1) + 1
            let (stride, padding) = (convolution.stride[axis], 2 * convolution.padding[axis])
            return resized(x.shape[1 + axis]) { size in
                if let more = convolution.outputPadding { return (size - 1) * stride - padding + reach + more[axis] }
                return (size + padding - reach) / stride + 1
            }
        }
        return node(
            .convolution(convolution), [x], [x.shape[0]] + sizes + [.fixed(convolution.outputs)],
            arrangement: .channelsFirst)
    }

    /// Batch normalization of the innermost axis by running statistics.
    public func batchNormalization(
        _ x: GraphValue, weight: Parameter, bias: Parameter, mean: RunningStatistic, variance: RunningStatistic,
        epsilon: Float
    ) -> GraphValue {
        let x = x.rank > 2 ? channelsFirst(x) : rowMajor(x)
        return node(
            .batchNormalization(
                weight: GraphTensor(weight), bias: GraphTensor(bias), mean: GraphTensor(mean),
                variance: GraphTensor(variance), epsilon: epsilon), [x], x.shape, arrangement: x.arrangement)
    }

    /// Group normalization of the innermost axis.
    public func groupNormalization(
        _ x: GraphValue, groups: Int, weight: Parameter, bias: Parameter, epsilon: Float
    ) -> GraphValue {
        let x = x.rank > 2 ? channelsFirst(x) : rowMajor(x)
        return node(
            .groupNormalization(
                groups: groups, weight: GraphTensor(weight), bias: GraphTensor(bias), epsilon: epsilon), [x], x.shape,
            arrangement: x.arrangement)
    }

    /// Layer normalization along the innermost axis.
    public func layerNormalization(
        _ x: GraphValue, weight: Parameter, bias: Parameter?, epsilon: Float
    ) -> GraphValue {
        node(
            .layerNormalization(weight: GraphTensor(weight), bias: bias.map { GraphTensor($0) }, epsilon: epsilon),
            [rowMajor(x)], x.shape)
    }

    /// RMS normalization along the innermost axis.
    public func rmsNormalization(_ x: GraphValue, weight: Parameter, epsilon: Float) -> GraphValue {
        node(.rmsNormalization(weight: GraphTensor(weight), epsilon: epsilon), [rowMajor(x)], x.shape)
    }

    /// The largest element of each window, as `Pooling.max`; the stride is the window's size when nil.
    public func maxPooled(_ x: GraphValue, window: Extent, stride: Extent? = nil, padding: Extent = 0) -> GraphValue {
        pooled(x, .maximum, window, stride ?? window, padding)
    }

    /// The mean of each window, as `Pooling.average`; the stride is the window's size when nil.
    public func averagePooled(
        _ x: GraphValue, window: Extent, stride: Extent? = nil, padding: Extent = 0, countsPadding: Bool = true
    ) -> GraphValue {
        pooled(x, .average(countsPadding: countsPadding), window, stride ?? window, padding)
    }

    private func pooled(
        _ x: GraphValue, _ kind: GraphPooling.Kind, _ window: Extent, _ stride: Extent, _ padding: Extent
    ) -> GraphValue {
        require(
            x.rank == 4 || x.rank == 3, "GraphBuilder.pooling: images or sequences are needed, found \(x.shape)")
        let (x, axes) = (channelsFirst(x), x.rank - 2)
        func last(_ extent: Extent) -> [Int] { [extent.height, extent.width].suffix(axes) }
        let pooling = GraphPooling(kind: kind, window: last(window), stride: last(stride), padding: last(padding))
        let sizes = (0..<axes).map { axis in
            resized(x.shape[1 + axis]) {
                ($0 + 2 * pooling.padding[axis] - pooling.window[axis]) / pooling.stride[axis] + 1
            }
        }
        return node(
            .pooling(pooling), [x], [x.shape[0]] + sizes + [.fixed(x.width)], arrangement: .channelsFirst)
    }

    /// The size that `change` makes of one; of a dynamic axis a dynamic one.
    private func resized(_ dimension: GraphDimension, _ change: (Int) -> Int) -> GraphDimension {
        switch dimension {
        case .fixed(let size): .fixed(change(size))
        case .named(let name): .named(name.hasSuffix("_out") ? name : name + "_out")
        }
    }
}
