import Kernels
import TensorEngine
import Testing

@Suite("Gradients in memory that is given for them")
struct DestinationTests {
    private static func parameter(_ shape: Shape) -> Parameter {
        Parameter(Tensor(shape: shape) { for i in $0.indices { $0[i] = Float(i % 13) / 13 - 0.4 } })
    }

    /// The gradients with and without a destination, and which were made in it.
    private static func check(_ parameters: [Parameter], _ loss: @escaping () -> Tensor) -> [Bool] {
        let expected = valueAndGradients(of: parameters, loss: loss).gradients
        let places = parameters.map { Buffer(repeating: .nan, count: $0.shape.count) }
        var isThere = parameters.map { _ in false }
        var kept: [Tensor?] = parameters.map { _ in nil }
        _ = valueAndGradients(
            of: parameters, destination: { places[$0] },
            whenReady: { index, gradient in
                #expect(gradient.values == expected[index].values)
                isThere[index] = gradient.buffer.pointer == places[index].pointer
                // what takes the gradient copies it to its place
                if !isThere[index] {
                    places[index].pointer.update(from: gradient.buffer.pointer, count: gradient.shape.count)
                }
                kept[index] = gradient
            }, loss: loss)
        for (place, gradient) in zip(places, expected) { #expect(Array(place.elements) == gradient.values) }
        return isThere
    }

    @Test("are made there when a parameter is used once, and are right when it is used twice")
    func once() {
        let x = Tensor(shape: [32, 80]) { for i in $0.indices { $0[i] = Float(i % 7) - 3 } }
        let (weight, bias) = (Self.parameter([80, 64]), Self.parameter([64]))
        #expect(
            Self.check([weight, bias]) {
                x.linear(weight: weight.value, bias: bias.value, thenReLU: true).sum()
            } == [true, false])
        let square = Self.parameter([80, 80])
        #expect(
            Self.check([square]) { x.matrixProduct(square.value).matrixProduct(square.value).sum() } == [false])
    }

    @Test("are made there where something else of the same size is made first, and lives on")
    func sameSizes() {
        // all of x̄, z̄ and W̄ have 80 · 80 elements
        let x = Tensor(shape: [80, 80]) { for i in $0.indices { $0[i] = Float(i % 7) - 3 } }
        let (first, second) = (Self.parameter([80, 80]), Self.parameter([80, 80]))
        let bias = Self.parameter([80])
        #expect(
            Self.check([first, second, bias]) {
                x.linear(weight: first.value, bias: bias.value, thenReLU: true)
                    .linear(weight: second.value, bias: bias.value).tanh().sum()
            } == [true, true, false])
    }

    @Test("are made there by every operation that has large parameters")
    func operations() {
        let x = Tensor(shape: [16, 80]) { for i in $0.indices { $0[i] = Float(i % 7) - 3 } }
        let weight = Self.parameter([80, 80])
        #expect(Self.check([weight]) { x.matrixProduct(weight.value).tanh().sum() } == [true])
        #expect(Self.check([weight]) { x.matrixProduct(weight.value, transposingOther: true).tanh().sum() } == [true])
        #expect(Self.check([weight]) { x.geluThenLinear(weight: weight.value).tanh().sum() } == [true])
        let indices = Indices((0..<90).map { $0 * 7 % 80 })
        #expect(Self.check([weight]) { weight.value.gathered(rows: indices).tanh().sum() } == [true])
        let kernel = Self.parameter([3, 3, 16, 32])
        let images = Tensor(shape: [2, 5, 5, 16]) { for i in $0.indices { $0[i] = Float(i % 11) / 11 } }
        let bias = Self.parameter([32])
        #expect(Self.check([kernel]) { images.convolution(weight: kernel.value).tanh().sum() } == [true])
        #expect(
            Self.check([kernel, bias]) {
                images.convolution(weight: kernel.value, bias: bias.value, thenReLU: true).tanh().sum()
            } == [true, false])
        // computed again in the backward pass: the memory is passed on to what computes within
        #expect(
            Self.check([weight, kernel]) {
                recomputed(x, ["weight": weight]) { x, _ in x.matrixProduct(weight.value).tanh() }.sum()
                    + images.convolution(weight: kernel.value).sum()
            } == [true, true])
    }

    @Test("are right where a slice or a broadcast comes between")
    func between() {
        let weight = Self.parameter([80, 80])
        let x = Tensor(shape: [3, 80, 80]) { for i in $0.indices { $0[i] = Float(i % 9) - 4 } }
        _ = Self.check([weight]) { (x * weight.value).tanh().sum() }
        _ = Self.check([weight]) {
            (weight.value.slice(0..<60, alongAxis: 0) * weight.value.slice(20..<80, alongAxis: 0)).sum()
        }
        _ = Self.check([weight]) { weight.value.slice(3..<70, alongAxis: 1).tanh().sum() }
    }
}
