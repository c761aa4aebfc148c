import TensorEngine
import Testing

@Suite("Operations compared with NumPy")
struct OperationReferenceTests {
    private static let a = Tensor([-2.5, 0.25, 1, 3.75, -0.5, 1], shape: [2, 3])
    private static let b = Tensor([1.5, 0.25, -1, 0.5, 2, 1], shape: [2, 3])
    private static let large = Tensor([-1000, 3, 100, 12345.678, 1e6])

    private static func floats(_ indices: Indices) -> Tensor {
        Tensor(indices.values.map(Float.init), shape: indices.shape)
    }

    private static let computed: [String: Tensor] = [
        "sin": a.sin(), "cos": a.cos(), "sin of large numbers": large.sin(), "cos of large numbers": large.cos(),
        "erf": a.erf(), "pow 3": a.pow(3), "pow -0.5": a.absoluteValue().pow(-0.5),
        "pow tensor": a.absoluteValue().pow(b), "maximum": maximum(a, b), "minimum": minimum(a, b[0]),
        ">": a .> b, ">=": a .>= b, "<": a .< b, "<=": a .<= b, "==": a .== b, "!=": a .!= b,
        "where": .where(a .> b, a, 10), "max 0": a.max(alongAxis: 0), "max 1": a.max(alongAxis: 1),
        "min 0": a.min(alongAxis: -2), "argmax 0": floats(a.argmax(alongAxis: 0)), "argmax 1": floats(a.argmax()),
        "argmin 1": floats(a.argmin(alongAxis: 1)), "logsumexp 0": a.logSumExp(alongAxis: 0),
        "logsumexp 1": (a * 1000).logSumExp(alongAxis: 1), "mean 0": a.mean(alongAxis: 0),
        "cumsum 0": a.cumulativeSum(alongAxis: 0), "cumsum 1": a.cumulativeSum(alongAxis: -1),
        "stack 0": .stacked([a, b]), "stack 1": .stacked([a, b], alongAxis: 1),
        "stack -1": .stacked([a, b], alongAxis: -1), "[1]": a[1], "[-1, 0:2]": a[-1, 0..<2], "[0:1, 2]": a[0...0, 2],
        "[:, 1:]": a[0..., 1...],
    ]

    @Test("There is a value for each reference") func complete() {
        #expect(Set(Self.computed.keys) == Set(operationReferences.keys))
    }

    @Test("agree with NumPy", arguments: operationReferences.keys.sorted())
    func values(name: String) throws {
        let (found, expected) = (try #require(Self.computed[name]).values, try #require(operationReferences[name]))
        #expect(found.count == expected.count)
        for (found, expected) in zip(found, expected) {
            #expect(abs(Double(found) - expected) <= 2e-7 * max(1, abs(expected)), "\(found) for \(expected)")
        }
    }

    @Test("Shapes: an index drops its axis, a range and a reduction keep it, stacking adds one")
    func shapes() {
        #expect(Self.a[1].shape == [3] && Self.a[1..<2].shape == [1, 3] && Self.a[0..., -1].shape == [2])
        #expect(Self.a[..<1, 1].shape == [1] && Self.a[1, 1].shape == [] && Self.a[0..<0].shape == [0, 3])
        #expect(Self.a.max(alongAxis: 0).shape == [1, 3] && Self.a.argmax(alongAxis: 0).shape == [3])
        #expect(Tensor.stacked([Self.a, Self.b], alongAxis: 1).shape == [2, 2, 3])
        #expect(Tensor.where(Self.a .> 0, Tensor(1), 0).shape == [2, 3])
        let classes = Indices([2, 0], shape: [2, 1]).oneHot(classes: 3)
        #expect(classes.shape == [2, 1, 3] && classes.values == [0, 0, 1, 1, 0, 0])
    }

    @Test("Of equal elements the first is the largest; elementwise extremes divide their gradient in halves")
    func ties() {
        let x = Tensor([1, 5, 5, 2], shape: [1, 4]).tracked
        #expect(x.argmax().values == [1])
        #expect(gradients(of: x.max(alongAxis: 1).sum(), withRespectTo: [x])[0].values == [0, 1, 0, 0])
        let (a, b) = (Tensor([1, 2, 3]).tracked, Tensor([1, 5, 0]).tracked)
        #expect(
            gradients(of: maximum(a, b).sum(), withRespectTo: [a, b]).map(\.values) == [[0.5, 0, 1], [0.5, 1, 0]])
        #expect(
            gradients(of: minimum(a, b).sum(), withRespectTo: [a, b]).map(\.values) == [[0.5, 1, 0], [0.5, 0, 1]])
        // max(x, 0) of x and a number: PyTorch's torch.maximum(x, torch.zeros(()))
        #expect(gradients(of: maximum(b, 1).sum(), withRespectTo: [b])[0].values == [0.5, 1, 0])
    }

    @Test("NaN is passed on by extremes, fails comparisons, and does not leak out of what `where` has not chosen")
    func notANumber() {
        let x = Tensor([.nan, 1, 2])
        #expect(maximum(x, Tensor([0, .nan, 0])).values.map(\.isNaN) == [true, true, false])
        #expect(minimum(x, Tensor([0, .nan, 0])).values.map(\.isNaN) == [true, true, false])
        #expect(Tensor([1, .nan, 3]).argmax(alongAxis: 0).values == [1])
        #expect((x .> 0).values == [0, 1, 1] && (x .<= 0).values == [0, 0, 0] && (x .!= x).values == [1, 0, 0])
        let y = Tensor([0, 4]).tracked
        let safe = Tensor.where(y .> 0, y.log() * y, 0)
        #expect(safe.values == [0, 4 * Tensor(4).log().scalar])
        #expect(gradients(of: Tensor.where(y .> 0, y.detached.log(), y).sum(), withRespectTo: [y])[0].values == [1, 0])
    }

    @Test("Powers have PyTorch's derivatives at their edges: 0⁰ and 0ᵇ")
    func powers() {
        let (a, b) = (Tensor([0, 0, 2]).tracked, Tensor([0, 2, 3]).tracked)
        #expect(a.pow(b).values == [1, 0, 8])
        let found = gradients(of: a.pow(b).sum(), withRespectTo: [a, b])
        #expect(found[0].values == [0, 0, 12])
        #expect(found[1].values[..<2] == [0, 0] && abs(found[1].values[2] - 8 * 0.6931472) < 1e-5)
        #expect(gradients(of: a.pow(0).sum(), withRespectTo: [a])[0].values == [0, 0, 0])
        #expect(gradients(of: a.pow(1).sum(), withRespectTo: [a])[0].values == [1, 1, 1])
    }

    @Test("logSumExp neither overflows nor makes NaN of infinities")
    func infinities() {
        let x = Tensor([-.infinity, -.infinity, 0, -.infinity, .infinity, 1], shape: [3, 2])
        #expect(x.logSumExp(alongAxis: 1).values == [-.infinity, 0, .infinity])
    }
}
