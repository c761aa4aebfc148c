import TensorEngine
import Testing

@Suite("Operations that are not finite")
struct NonFiniteOperationTests {
    private let weight = Parameter(Tensor([1, 2, 3, 4], shape: [2, 2]))
    private var arena: ParameterArena { ParameterArena(["layer": ParameterTree([("weight", weight)])]) }

    private func search(_ loss: () -> Tensor) -> NonFiniteSearch.Findings {
        let search = NonFiniteSearch(in: arena)
        _ = valueAndGradients(of: [weight], observers: [search], loss: loss)
        return search.findings
    }

    @Test("The first of the forward pass is named, with its parameters")
    func forward() {
        let x = Tensor(repeating: 1e30, shape: [2, 2])
        let found = search { (x * 1e-30).matrixProduct(weight.value * 1e30).matrixProduct(x).sum() }.forward
        #expect(found?.operation == "MatrixMultiply" && found?.isBackward == false && found?.isOfData == false)
        // what does not depend on the parameters, x * 1e-30, is not counted
        #expect(found?.number == 3 && found?.parameters == [] && found?.shape == [2, 2])
        let data = search { (Tensor(repeating: .nan, shape: [2, 2]) * weight.value).sum() }.forward
        #expect(data?.operation == "Multiply" && data?.isOfData == true && data?.parameters == ["layer.weight"])
    }

    @Test("The first of the backward pass is named where the forward pass is finite")
    func backward() {
        let found = search { (weight.value * 0).squareRoot().sum() + weight.value.sum() }
        #expect(found.forward == nil)
        #expect(found.backward?.operation == "SquareRoot" && found.backward?.isBackward == true)
        let none = search { (weight.value * weight.value).sum() }
        #expect(none.forward == nil && none.backward == nil)
    }
}
