import TensorEngine
import Testing

@Suite("A programmer's mistake")
struct MistakeTests {
    @Test("ends the program with the operation and both shapes, in an optimised build too")
    func shapesThatDoNotFit() async throws {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor([1, 2]) + Tensor([1, 2, 3])
        }
        let message = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        #expect(message.contains("+: shapes [2] and [3] do not fit"))
    }
}
