import TensorEngine
import Testing

@Suite("A programmer's mistake")
struct MistakeTests {
    @Test("ends the program with the operation and both shapes, in an optimized build too")
    func shapesThatDoNotFit() async throws {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor([1, 2]) + Tensor([1, 2, 3])
        }
        let message = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        #expect(message.contains("+: shapes [2] and [3] do not fit"))
    }

    @Test("of two tensors with one name, by a dot in it, ends the program with the name")
    func equalNames() async throws {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let inner: ParameterTree = ["weight": Parameter(Tensor([1]))]
            _ = ParameterArena(["layer.weight": Parameter(Tensor([2])), "layer": inner])
        }
        let message = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        #expect(message.contains("two tensors are named layer.weight"))
    }
}
