import Preconditions
public import TensorEngine

/// Functions of elements, named as those of `Tensor`.
extension GraphBuilder {
    /// `max(x, 0)`.
    public func relu(_ x: GraphValue) -> GraphValue { function(.relu, x) }
    /// The hyperbolic tangent.
    public func tanh(_ x: GraphValue) -> GraphValue { function(.tanh, x) }
    /// `1 / (1 + e⁻ˣ)`.
    public func sigmoid(_ x: GraphValue) -> GraphValue { function(.sigmoid, x) }
    /// `x` above 0, else `slope·x`.
    public func leakyReLU(_ x: GraphValue, slope: Float) -> GraphValue { function(.leakyReLU(slope: slope), x) }
    /// `x` above 0, else `alpha·(eˣ - 1)`.
    public func elu(_ x: GraphValue, alpha: Float) -> GraphValue { function(.elu(alpha: alpha), x) }
    /// `x / (1 + e⁻ˣ)`.
    public func silu(_ x: GraphValue) -> GraphValue { function(.silu, x) }
    /// `ln(1 + eˣ)`.
    public func softplus(_ x: GraphValue) -> GraphValue { function(.softplus, x) }
    /// `x·Φ(x)`.
    public func gelu(_ x: GraphValue) -> GraphValue { function(.gelu, x) }
    /// GELU's approximation by the hyperbolic tangent.
    public func geluByTanh(_ x: GraphValue) -> GraphValue { function(.geluByTanh, x) }
    /// `eˣ`.
    public func exp(_ x: GraphValue) -> GraphValue { function(.exponential, x) }
    /// The natural logarithm.
    public func log(_ x: GraphValue) -> GraphValue { function(.logarithm, x) }
    /// The square root.
    public func squareRoot(_ x: GraphValue) -> GraphValue { function(.squareRoot, x) }
    /// `eˣ / Σeˣ` along the innermost axis.
    public func softmax(_ x: GraphValue) -> GraphValue { function(.softmax, rowMajor(x)) }
    /// The logarithm of `softmax`.
    public func logSoftmax(_ x: GraphValue) -> GraphValue { function(.logSoftmax, rowMajor(x)) }

    /// 1 where `x` is above 0, else 0: `x .> 0`.
    public func isPositive(_ x: GraphValue) -> GraphValue { function(.isPositive, x) }
    /// `x` limited to `range`.
    public func clamped(_ x: GraphValue, to range: ClosedRange<Float>) -> GraphValue {
        function(.clamp(range.lowerBound, range.upperBound), x)
    }

    private func function(_ function: GraphFunction, _ x: GraphValue) -> GraphValue {
        node(.function(function), [x], x.shape, arrangement: x.arrangement)
    }

    /// `a + b`; shapes broadcast as those of tensors.
    public func add(_ a: GraphValue, _ b: GraphValue) -> GraphValue { binary(.add, a, b) }
    /// `a - b`.
    public func subtract(_ a: GraphValue, _ b: GraphValue) -> GraphValue { binary(.subtract, a, b) }
    /// `a·b`.
    public func multiply(_ a: GraphValue, _ b: GraphValue) -> GraphValue { binary(.multiply, a, b) }
    /// `a / b`.
    public func divide(_ a: GraphValue, _ b: GraphValue) -> GraphValue { binary(.divide, a, b) }
    /// `x + number`.
    public func add(_ x: GraphValue, _ number: Float) -> GraphValue { scalar(.add, x, number) }
    /// `x·number`.
    public func multiply(_ x: GraphValue, _ number: Float) -> GraphValue { scalar(.multiply, x, number) }

    private func scalar(_ arithmetic: GraphArithmetic, _ x: GraphValue, _ number: Float) -> GraphValue {
        node(.scalar(arithmetic, number), [x], x.shape, arrangement: x.arrangement)
    }

    private func binary(_ arithmetic: GraphArithmetic, _ a: GraphValue, _ b: GraphValue) -> GraphValue {
        let isAligned = a.rank == b.rank && a.arrangement == b.arrangement
        let (a, b) = isAligned ? (a, b) : (rowMajor(a), rowMajor(b))
        let rank = max(a.rank, b.rank)
        func padded(_ x: GraphValue) -> [GraphDimension] {
            [GraphDimension](repeating: .fixed(1), count: rank - x.rank) + x.shape
        }
        let shape = zip(padded(a), padded(b)).map { first, second in
            require(
                first == second || first == 1 || second == 1 || first.size == nil || second.size == nil,
                "GraphBuilder: the shapes \(a.shape) and \(b.shape) do not broadcast")
            return first == 1 || (first.size == nil && second.size != nil && second != 1) ? second : first
        }
        return node(.binary(arithmetic), [a, b], shape, arrangement: a.arrangement)
    }

    /// A parameter as a value.
    public func value(of parameter: Parameter) -> GraphValue {
        node(.tensor(GraphTensor(parameter)), [], parameter.shape.sizes.map { .fixed($0) })
    }

    /// A running statistic as a value.
    public func value(of statistic: RunningStatistic) -> GraphValue {
        node(.tensor(GraphTensor(statistic)), [], statistic.shape.sizes.map { .fixed($0) })
    }

    /// A constant.
    public func value(of constant: Tensor) -> GraphValue {
        node(.tensor(.constant(constant)), [], constant.shape.sizes.map { .fixed($0) })
    }

    /// Values one behind the other along an axis; negative axes count from the innermost.
    public func concatenated(_ values: [GraphValue], alongAxis axis: Int) -> GraphValue {
        require(!values.isEmpty, "GraphBuilder.concatenated: at least one value is needed")
        let isAligned = values.allSatisfy { $0.rank == values[0].rank && $0.arrangement == .channelsFirst }
        let values = isAligned ? values : values.map { rowMajor($0) }
        var shape = values[0].shape
        let own = axis < 0 ? axis + shape.count : axis
        let sizes = values.map { $0.shape[own].size }
        shape[own] = sizes.contains(nil) ? .named("joined") : .fixed(sizes.reduce(0) { $0 + ($1 ?? 0) })
        return node(
            .concatenate(axis: values[0].exportedAxis(axis)), values, shape, arrangement: values[0].arrangement)
    }

    /// Every `step`-th element of `range` along an axis; negative axes count from the innermost.
    public func slice(_ x: GraphValue, _ range: Range<Int>, alongAxis axis: Int, step: Int = 1) -> GraphValue {
        let x = sliceable(x)
        let own = axis < 0 ? axis + x.rank : axis
        var shape = x.shape
        shape[own] = .fixed((range.count + step - 1) / step)
        let slice = GraphSlice(axis: x.exportedAxis(own), start: range.lowerBound, end: range.upperBound, step: step)
        return node(.slice([slice]), [x], shape, arrangement: x.arrangement)
    }

    /// Every `steps[axis]`-th element along each axis, from the first.
    public func strided(_ x: GraphValue, by steps: [Int]) -> GraphValue {
        let x = sliceable(x)
        let shape = zip(x.shape, steps).map { dimension, step -> GraphDimension in
            step == 1 ? dimension : .fixed((fixed(dimension, "strided") + step - 1) / step)
        }
        let slices = steps.enumerated().filter { $0.element > 1 }
            .map { GraphSlice(axis: x.exportedAxis($0.offset), start: 0, end: nil, step: $0.element) }
        return node(.slice(slices.sorted { $0.axis < $1.axis }), [x], shape, arrangement: x.arrangement)
    }

    /// With this many zeros before and after the elements along each axis.
    public func padded(_ x: GraphValue, before: [Int], after: [Int]) -> GraphValue {
        let x = sliceable(x)
        let shape = x.shape.indices.map { axis -> GraphDimension in
            let more = before[axis] + after[axis]
            return more == 0 ? x.shape[axis] : .fixed(fixed(x.shape[axis], "padded") + more)
        }
        var (first, last) = (before, after)
        for axis in 0..<x.rank {
            (first[x.exportedAxis(axis)], last[x.exportedAxis(axis)]) = (before[axis], after[axis])
        }
        return node(.pad(before: first, after: last), [x], shape, arrangement: x.arrangement)
    }

    private func sliceable(_ x: GraphValue) -> GraphValue {
        x.arrangement == .channelsFirst ? x : rowMajor(x)
    }

    /// The axes in another order: axis `i` of the result is `axes[i]` of `x`.
    public func permuted(_ x: GraphValue, _ axes: [Int]) -> GraphValue {
        node(.permute(axes), [rowMajor(x)], axes.map { x.shape[$0] })
    }

    /// The sum along an axis; the axis is kept with size 1, or removed.
    public func sum(_ x: GraphValue, alongAxis axis: Int, keepsAxis: Bool = true) -> GraphValue {
        reduced(x, .sum, [axis], keepsAxis)
    }

    /// The mean along an axis; the axis is kept with size 1, or removed.
    public func mean(_ x: GraphValue, alongAxis axis: Int, keepsAxis: Bool = true) -> GraphValue {
        reduced(x, .mean, [axis], keepsAxis)
    }

    /// The largest element along an axis; the axis is kept with size 1, or removed.
    public func maximum(_ x: GraphValue, alongAxis axis: Int, keepsAxis: Bool = true) -> GraphValue {
        reduced(x, .maximum, [axis], keepsAxis)
    }

    /// The mean of each channel: [n, …, c] → [n, c].
    public func globalAveragePooled(_ x: GraphValue) -> GraphValue {
        let x = channelsFirst(x)
        return node(
            .reduce(.mean, axes: Array(2..<x.rank), keepsAxes: false), [x], [x.shape[0], x.shape[x.rank - 1]])
    }

    private func reduced(_ x: GraphValue, _ reduction: GraphReduction, _ axes: [Int], _ keeps: Bool) -> GraphValue {
        let x = rowMajor(x)
        let own = axes.map { $0 < 0 ? $0 + x.rank : $0 }
        let shape = x.shape.indices.compactMap { axis -> GraphDimension? in
            own.contains(axis) ? (keeps ? .fixed(1) : nil) : x.shape[axis]
        }
        return node(.reduce(reduction, axes: own, keepsAxes: keeps), [x], shape)
    }
}
