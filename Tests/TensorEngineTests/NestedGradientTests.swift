import TensorEngine
import Testing

@Suite("Gradients within gradients, and weights as arguments")
struct NestedGradientTests {
    private struct Interrupted: Error {}

    @Test("An inner step is differentiated through when it creates its graph, and is a constant otherwise")
    func innerStep() {
        // inner loss w³/3, w' = w - 0.1·w²; outer loss w'²: by w 2w'·(1 - 0.2·w); first-order 2w'. At w = 2: 1.6·2·0.6
        let w = Parameter(Tensor(2))
        func outer(createsGraph: Bool) -> Float {
            valueAndGradients(of: [w]) {
                let inner = valueAndGradients(of: [w], createsGraph: createsGraph) {
                    w.value * w.value * w.value / 3
                }
                #expect(abs(inner.value.scalar - 8 / 3) < 1e-6 && inner.gradients[0].scalar == 4)
                #expect(inner.gradients[0].isTracked == createsGraph)
                return withValues([w.value - inner.gradients[0] * 0.1], of: [w]) { w.value * w.value }
            }.gradients[0].scalar
        }
        #expect(abs(outer(createsGraph: true) - 2 * 1.6 * 0.6) < 1e-6)
        #expect(abs(outer(createsGraph: false) - 2 * 1.6) < 1e-6)
        #expect(!w.value.isTracked && w.value.scalar == 2)
    }

    @Test("A gradient of a gradient by nested computations is the Hessian's product")
    func hessian() {
        let (a, b) = (Parameter(Tensor([1, 2])), Parameter(Tensor([0.5, -1])))
        func loss() -> Tensor { ((a.value * b.value).exp() + a.value * a.value * a.value).sum() }
        let vector = [Tensor([1, -1]), Tensor([2, 0.5])]
        let nested = valueAndGradients(of: [a, b]) {
            let first = valueAndGradients(of: [a, b], createsGraph: true, loss: loss).gradients
            return zip(first, vector).map { ($0 * $1).sum() }.reduce(Tensor(0), +)
        }.gradients
        let expected = hessianVectorProduct(of: [a, b], with: vector, loss: loss)
        for (found, expected) in zip(nested, expected) {
            for (x, y) in zip(found.values, expected.values) { #expect(abs(x - y) < 1e-5 * max(1, abs(y))) }
        }
        // and within another computation
        _ = valueAndGradients(of: [a]) {
            let inner = hessianVectorProduct(of: [a, b], with: vector, loss: loss)
            #expect(inner.map(\.values) == expected.map(\.values))
            return a.value.sum()
        }
    }

    @Test("Values come back however the body ends, at every level")
    func restored() {
        let w = Parameter(Tensor([1, 2]))
        var seen: [[Float]] = []
        func see() { seen.append(w.value.values) }
        func interrupt() throws -> Tensor {
            see()
            throw Interrupted()
        }
        func outer() throws {
            try withValues([Tensor([3, 4])], of: [w]) {
                _ = try? withValues([Tensor([5, 6])], of: [w], interrupt)
                see()
                _ = try? valueAndGradients(of: [w], loss: interrupt)
                see()
                #expect(!w.value.isTracked)
                throw Interrupted()
            }
        }
        #expect(throws: Interrupted.self, performing: outer)
        #expect(seen == [[5, 6], [3, 4], [3, 4], [3, 4]])
        #expect(w.value.values == [1, 2] && !w.value.isTracked)
    }

    @Test("A gradient is taken at the values that are given, and flows into them when they are tracked")
    func atValues() {
        let w = Parameter(Tensor([1, 2]))
        let found = withValues([Tensor([3, 4])], of: [w]) {
            valueAndGradients(of: [w]) { (w.value * w.value).sum() }
        }
        #expect(found.value.scalar == 25 && found.gradients[0].values == [6, 8])
        let scale = Tensor(3).tracked
        let loss = withValues([Tensor([1, 2]) * scale], of: [w]) { (w.value * w.value).sum() }
        // (1 + 4)·s² by s
        #expect(gradients(of: loss, withRespectTo: [scale])[0].scalar == 30)
        // assigning changes the parameter itself, not the value in its place
        withValues([Tensor([7, 7])], of: [w]) {
            w.assign(Tensor([8, 9]))
            #expect(w.value.values == [7, 7])
        }
        #expect(w.value.values == [8, 9])
    }

    @Test("Recomputed parts have the gradient of the values in the place of their parameters")
    func recomputation() {
        let w = Parameter(Tensor([1, 2]))
        let tree: ParameterTree = ["w": w]
        func product(_ x: Tensor) -> Tensor { recomputed(x, tree) { x, _ in x * w.value * w.value } }
        let values = Tensor([3, 5]).tracked
        let loss = withValues([values], of: [w]) { product(Tensor([1, 10])).sum() }
        #expect(loss.scalar == 259 && gradients(of: loss, withRespectTo: [values])[0].values == [6, 100])
        let outer = valueAndGradients(of: [w]) {
            let inner = valueAndGradients(of: [w], createsGraph: true) { product(Tensor([1, 10])).sum() }
            return (inner.gradients[0] * Tensor([1, 1])).sum()
        }
        // by w of 2·w·x
        #expect(outer.gradients[0].values == [2, 20])
    }

    @Test("Values of other shapes are refused with both")
    func shapes() async throws {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            withValues([Tensor([1])], of: [Parameter(Tensor([1, 2]))]) {}
        }
        let message = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        #expect(message.contains("withValues: values of the shapes [1] given for parameters of the shapes [2]"))
        #expect(message.split(separator: "\n").count == 1, "\(message)")
    }
}
