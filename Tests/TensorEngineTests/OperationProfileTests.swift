import TensorEngine
import Testing

@Suite("The profile of operations")
struct OperationProfileTests {
    @Test("Each operation is counted once, forward and backward; what runs within it is not")
    func counts() {
        let x = Tensor(repeating: 2, shape: [3, 3]).tracked
        OperationProfile.start()
        let y = x.matrixProduct(x).softmax()
        _ = gradients(of: (y * y).sum(), withRespectTo: [x])
        // other tests may run beside this one: at least these
        let found = OperationProfile.stop()
        func count(_ operation: String, backward: Bool) -> Int {
            found.first { $0.operation == operation && $0.isBackward == backward }?.count ?? 0
        }
        #expect(count("MatrixMultiply", backward: false) >= 1 && count("MatrixMultiply", backward: true) >= 1)
        #expect(count("Softmax", backward: false) >= 1 && count("Softmax", backward: true) >= 1)
        #expect(
            found.allSatisfy { $0.milliseconds >= 0 } && found == found.sorted { $0.milliseconds > $1.milliseconds })
        _ = x.matrixProduct(x)
        #expect(OperationProfile.stop().isEmpty)
    }
}
