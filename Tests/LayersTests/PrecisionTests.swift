import Kernels
import Layers
import TensorEngine
import Testing

/// Losses and normalizations far from 0, and with one class far ahead, against exact arithmetic.
///
/// Bounds count roundings of u = 2⁻²⁴. A result has the relative error of as many roundings as `roundings` says; where its
/// formula subtracts by nature (softmax − onehot, a normalized value), `floor` is the size of what is subtracted, and the
/// bound is absolute in it.
@Suite("Precision at offsets of 10⁴ and margins of 30")
struct PrecisionTests {
    /// As in reference_precision.py; exact in Float32.
    private static func fill(_ shape: Shape, _ phase: Int, offset: Double = 0) -> Tensor {
        Tensor(
            (0..<shape.count).map { Float(offset + Double((7919 * $0 + 104729 * phase) % 4096 - 2048) / 1024) },
            shape: shape)
    }

    /// The rows with the labeled column `margin` above all others.
    private static func ahead(_ x: Tensor, _ labels: [Int], _ margin: Float) -> Tensor {
        var values = x.values
        let width = x.shape.innermost
        for (row, label) in labels.enumerated() {
            let others = (0..<width).filter { $0 != label }.map { values[row * width + $0] }
            values[row * width + label] = (others.max() ?? 0) + margin
        }
        return Tensor(values, shape: x.shape)
    }

    private struct Case: Sendable {
        let inputs: [Tensor]
        /// Roundings of a value, and of a gradient's element.
        let roundings: (value: Double, gradient: Double)
        /// What a value's element is subtracted from.
        var valueFloor = 0.0
        /// What the element of a gradient is subtracted from.
        var gradientFloor: @Sendable (_ input: Int, _ element: Int) -> Double = { _, _ in 0 }
        let compute: @Sendable ([Tensor]) -> Tensor
    }

    private static func eachRow(_ x: Tensor, _ loss: (Int, Tensor) -> Tensor) -> Tensor {
        .concatenated(
            (0..<x.shape[0]).map { loss($0, x.slice($0..<($0 + 1), alongAxis: 0)).reshaped(to: [1]) }, alongAxis: 0)
    }

    private static let labels = [4, 0, 2]

    /// A difference d = x − max errs by u·|d| ≤ 34u at most, its exponential by that and 2 units in the last place, a sum of 5 by
    /// 5u, ln(1 + r) by 4u, and the parts of a loss are not below 0: 50 roundings. Of a gradient the products add 4.
    private static func crossEntropies() -> [String: Case] {
        var cases: [String: Case] = [:]
        for offset in [0, 10, 10000, -10000] {
            for margin in [0, 12, 30] {
                let plain = fill([3, 5], 0, offset: Double(offset))
                let x = margin == 0 ? plain : ahead(plain, labels, Float(margin))
                let name = "offset \(offset), margin \(margin)"
                cases["cross-entropy, \(name)"] = Case(
                    inputs: [x], roundings: (50, 54),
                    // softmax − 1 at the label: its error is that of the softmax, as in PyTorch
                    gradientFloor: { labels[$1 / 5] == $1 % 5 ? Double($1 / 5 + 1) : 0 }
                ) { softmaxCrossEntropyRows($0[0]) }
                cases["log-softmax, \(name)"] = Case(
                    // ȳ − e^y·Σȳ, with ȳ up to 15 and Σȳ up to 65
                    inputs: [x], roundings: (50, 60), gradientFloor: { _, _ in 80 }
                ) { $0[0].logSoftmax() }
                cases["label smoothing, \(name)"] = Case(
                    inputs: [x], roundings: (60, 60), gradientFloor: { _, index in Double(index / 5 + 1) }
                ) { input in
                    eachRow(input[0]) {
                        softmaxCrossEntropy($1, Indices([Int32(labels[$0])]), labelSmoothing: 0.125).sum
                    }
                }
            }
        }
        return cases
    }

    private static func softmaxCrossEntropyRows(_ x: Tensor) -> Tensor {
        x.softmaxCrossEntropy(labels: Indices(labels.map { Int32($0) }))
    }

    private static let softTargets: [Float] = [1, 2, 3, 1, 1, 0, 0, 8, 0, 0, 4, 4, 0, 0, 0].map { $0 / 8 }

    private static func soft(_ offset: Double) -> Case {
        Case(
            inputs: [fill([3, 5], 0, offset: offset)], roundings: (60, 60),
            gradientFloor: { _, index in Double(index / 5 + 1) }
        ) { input in
            eachRow(input[0]) { row, x in
                softmaxCrossEntropy(x, targets: Tensor(Array(softTargets[(5 * row)..<(5 * row + 5)]), shape: [1, 5]))
                    .sum
            }
        }
    }

    /// e^−|x| errs by 2 units in the last place, ln(1 + e) by 4u; a sigmoid by 8u: nothing is subtracted.
    private static func binary(_ isRight: Bool) -> Case {
        let wide = Tensor([-30, -12, -1, 0, 1, 12, 30, 10000, -10000, 9999.5], shape: [10, 1])
        let targets: [Float] = isRight ? [0, 0, 0, 1, 1, 1, 1, 1, 0, 1] : [1, 1, 1, 0, 0, 0, 0, 0, 1, 0]
        return Case(inputs: [wide], roundings: (16, 16)) { input in
            eachRow(input[0]) { binaryCrossEntropy($1, Tensor([targets[$0]], shape: [1, 1])).sum }
        }
    }

    /// The log-probabilities err as above; a path adds four of them in Float64. The gradient is softmax − occupancy.
    private static func temporal(_ x: Tensor) -> Case {
        Case(inputs: [x.reshaped(to: [1, 4, 4])], roundings: (60, 64), gradientFloor: { _, _ in 1 }) {
            connectionistTemporalLoss(
                $0[0],
                TemporalTargets(
                    labels: Indices([1, 2], shape: [1, 2]), inputLengths: Indices([4]), targetLengths: Indices([2]))
            ).sum.reshaped(to: [1])
        }
    }

    /// Differences are exact but for ε, each product and quotient errs by u: |p| − |n| by 12u of the distances' difference or of
    /// the largest product over their sum, at most 5. A gradient is the difference of two unit vectors.
    private static func triplet(offset: Double, others: Double) -> Case {
        Case(
            inputs: [
                fill([2, 4], 1, offset: offset), fill([2, 4], 2, offset: others), fill([2, 4], 3, offset: others),
            ], roundings: (16, 32), valueFloor: 5, gradientFloor: { _, index in Double(index / 4 + 1) }
        ) { inputs in
            eachRow(inputs[0]) { row, anchor in
                tripletMarginLoss(
                    anchors: anchor, positives: inputs[1].slice(row..<(row + 1), alongAxis: 0),
                    negatives: inputs[2].slice(row..<(row + 1), alongAxis: 0), epsilon: 0x1p-20
                ).sum
            }
        }
    }

    /// In Float64 but for the last rounding, and the weights of the rows.
    private static func cosine(_ first: Tensor, _ second: Tensor) -> Case {
        Case(inputs: [first, second], roundings: (4, 8)) { inputs in
            eachRow(inputs[0]) { row, x in
                cosineEmbeddingLoss(x, inputs[1].slice(row..<(row + 1), alongAxis: 0), areAlike: [true]).sum
            }
        }
    }

    /// Values are near 1, with the error of a mean of n deviations and of the root of a sum of n squares; a gradient subtracts
    /// two means of up to 80 terms from its weight, up to 80, times the `slope`, which is one over the deviation.
    private static func normalization(
        _ x: Tensor, slope: Double = 1, _ compute: @escaping @Sendable (Tensor) -> Tensor
    ) -> Case {
        Case(
            inputs: [x], roundings: (60, 80), valueFloor: 2, gradientFloor: { _, _ in 2 * 80 * slope }
        ) { compute($0[0]) }
    }

    private static func ones(_ count: Int) -> Tensor { Tensor(repeating: 1, shape: [count]) }
    private static let epsilon: Float = 0x1p-16

    private static func layer(_ offset: Double) -> Case {
        normalization(fill([2, 40], 0, offset: offset)) {
            $0.layerNormalized(weight: ones(40), bias: Tensor(repeating: 0, shape: [40]), epsilon: epsilon)
        }
    }

    private static func group(_ offset: Double) -> Case {
        normalization(fill([2, 10, 4], 0, offset: offset)) {
            $0.groupNormalized(
                groups: 2, weight: ones(4), bias: Tensor(repeating: 0, shape: [4]), epsilon: epsilon)
        }
    }

    private static func batch() -> Case {
        let plain = fill([40, 2], 0)
        return normalization(plain + Tensor([0, 10000])) {
            let context = ForwardContext.training(SampleRandomness(seed: 1, step: 1, samples: Array(0..<40)))
            return BatchNormalization(2, epsilon: epsilon)($0, context)
        }
    }

    private static let cases: [String: Case] = crossEntropies().merging(
        [
            "equal logits of 10000": Case(
                inputs: [Tensor(repeating: 10000, shape: [1, 10])], roundings: (8, 16),
                gradientFloor: { $1 == 0 ? 1 : 0 }
            ) { $0[0].softmaxCrossEntropy(labels: Indices([0])) },
            "soft targets, offset 0": soft(0), "soft targets, offset 10000": soft(10000),
            "binary cross-entropy, right": binary(true), "binary cross-entropy, wrong": binary(false),
            "temporal classification, offset 10000": temporal(fill([4, 4], 3, offset: 10000)),
            "temporal classification, margin 30": temporal(ahead(fill([4, 4], 3), [1, 1, 2, 2], 30)),
            "triplet, offset 10000": triplet(offset: 10000, others: 10000),
            "triplet, distances of 10000": triplet(offset: 0, others: 8192),
            "cosine, offset 10000": cosine(fill([2, 4], 1, offset: 10000), fill([2, 4], 2, offset: 10000)),
            "cosine, nearly parallel": cosine(
                fill([2, 4], 1),
                Tensor(
                    fill([2, 4], 1).values.enumerated().map { $1 * 3 + Float($0 % 3) * 0x1p-20 }, shape: [2, 4])),
            "layer normalization, offset 10000": layer(10000), "layer normalization, offset 0": layer(0),
            "RMS normalization, offset 10000": normalization(fill([2, 40], 0, offset: 10000), slope: 1e-4) {
                $0.rmsNormalized(weight: ones(40), epsilon: epsilon)
            },
            "batch normalization, offset 10000": batch(),
            "group normalization, offset 10000": group(10000), "group normalization, offset 0": group(0),
        ], uniquingKeysWith: { first, _ in first })

    @Test("All of the reference's numbers are compared")
    func isComplete() { #expect(Set(Self.cases.keys) == Set(PrecisionReference.all.keys)) }

    @Test("Values and gradients", arguments: PrecisionReference.all.keys.sorted())
    func reference(name: String) throws {
        let expected = try #require(PrecisionReference.all[name])
        let function = try #require(Self.cases[name])
        let inputs = function.inputs.map(\.tracked)
        let value = function.compute(inputs)
        let unit = 0x1p-24
        try #require(value.shape.count == expected.value.count)
        for (index, (found, exact)) in zip(value.values, expected.value).enumerated() {
            let bound = function.roundings.value * unit * max(abs(exact), function.valueFloor)
            #expect(abs(Double(found) - exact) <= bound, "value \(index): found \(found), exact \(exact)")
        }
        let count = value.shape.count
        let weights = Tensor((0..<count).map { Float($0 + 1) }, shape: value.shape)
        let gradients = gradients(of: (value * weights).sum(), withRespectTo: inputs)
        try #require(gradients.count == expected.gradients.count)
        for (input, gradient) in gradients.enumerated() {
            for (index, (found, exact)) in zip(gradient.values, expected.gradients[input]).enumerated() {
                let bound =
                    function.roundings.gradient * unit * max(abs(exact), function.gradientFloor(input, index))
                #expect(
                    abs(Double(found) - exact) <= bound, "gradient \(input), \(index): found \(found), exact \(exact)")
            }
        }
    }

    @Test("A batch normalization that is evaluated keeps the digits of a channel far from 0")
    func evaluation() {
        let layer = BatchNormalization(2, epsilon: 0x1p-16)
        // those of the first channel are 0 and 1
        layer.mean.buffer.pointer[1] = 10000
        layer.variance.buffer.pointer[1] = 0.25
        let y = layer(Tensor([0.5, 10000.125, -3, 9999.5], shape: [2, 2]), .inference())
        for (found, (distance, variance)) in zip(y.values, [(0.5, 1), (0.125, 0.25), (-3, 1), (-0.5, 0.25)]) {
            let exact = distance / (variance + 0x1p-16).squareRoot()
            // a sum, a root, two quotients and a product
            #expect(abs(Double(found) - exact) <= 6 * 0x1p-24 * abs(exact), "found \(found), exact \(exact)")
        }
    }

    @Test(
        "Norms of gradients that Float32 cannot square are right", arguments: [0x1p-70, 0x1p-30, 1, 0x1p70] as [Float])
    func norms(scale: Float) {
        let arena = ParameterArena(["a": Parameter(Tensor([3 * scale, -4 * scale, 12 * scale]))])
        // all powers of two: exact
        #expect(arena.norms == [13 * Double(scale)])
        #expect(ParameterArena(["a": Parameter(Tensor([0, 0]))]).norms == [0])
    }
}
