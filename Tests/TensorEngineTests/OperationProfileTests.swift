import TensorEngine
import Testing

@Suite("The profile of operations")
struct OperationProfileTests {
    @Test("Each operation is counted once, forward and backward; what runs within it is not")
    func counts() {
        let x = Parameter(Tensor(repeating: 2, shape: [3, 3]))
        let profile = OperationProfile()
        _ = valueAndGradients(of: [x], observers: [profile]) {
            let y = x.value.matrixProduct(x.value).softmax()
            return (y * y).sum()
        }
        let found = profile.entries
        func counts(backward: Bool) -> [String: Int] {
            Dictionary(
                uniqueKeysWithValues: found.filter { $0.isBackward == backward }.map { ($0.operation, $0.count) })
        }
        // the products within the vector-Jacobian product of the product are part of it
        let expected = ["MatrixMultiply": 1, "Softmax": 1, "Multiply": 1, "SumTo": 1]
        #expect(counts(backward: false) == expected && counts(backward: true) == expected)
        #expect(
            found.allSatisfy { $0.milliseconds >= 0 } && found == found.sorted { $0.milliseconds > $1.milliseconds })
        // a computation that it was not given to is not observed
        _ = valueAndGradients(of: [x]) { x.value.matrixProduct(x.value).sum() }
        #expect(profile.entries == found)
    }

    @Test("Several observers see each operation with its inputs, its results and its time")
    func observers() {
        final class Recorder: OperationObserver, @unchecked Sendable {
            var seen: [ObservedOperation] = []
            func observe(_ operation: ObservedOperation) { seen.append(operation) }
        }
        let weight = Parameter(Tensor([1, 2]))
        let recorders = [Recorder(), Recorder()]
        _ = valueAndGradients(of: [weight], observers: recorders) { (Tensor([3, 4]) * weight.value).sum() }
        for recorder in recorders {
            #expect(
                recorder.seen.map { "\($0.type) \($0.isBackward)" } == [
                    "Multiply false", "SumTo false", "SumTo true", "Multiply true",
                ])
            #expect(recorder.seen[0].inputs.map(\.values) == [[3, 4], [1, 2]])
            #expect(recorder.seen[0].results.map { $0?.values } == [[3, 8]])
            // x has no cotangent; the weight's is x
            #expect(recorder.seen[3].results.map { $0?.values } == [nil, [3, 4]])
            let times = recorder.seen.flatMap { [$0.begin, $0.end] }
            #expect(times == times.sorted())
        }
    }
}
