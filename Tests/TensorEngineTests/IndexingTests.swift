import TensorEngine
import Testing

@Suite("Indexing")
struct IndexingTests {
    /// 0, 1, 2, … in the given shape: each element is its own index.
    private static func counting(_ shape: Shape) -> Tensor { Tensor((0..<shape.count).map(Float.init), shape: shape) }

    private static func address(_ tensor: Tensor) -> UnsafePointer<Float>? { tensor.withElements { $0.baseAddress } }

    @Test("A range of the outermost axis is a view, and so is one behind axes of size 1; others are copies")
    func views() throws {
        let x = Self.counting([4, 3])
        let start = try #require(Self.address(x))
        let rows = x.slice(1..<3, alongAxis: 0)
        #expect(rows.values == [3, 4, 5, 6, 7, 8] && Self.address(rows) == start + 3)
        let inner = x.reshaped(to: [1, 1, 4, 3]).slice(2..<3, alongAxis: 2)
        #expect(inner.shape == [1, 1, 1, 3] && Self.address(inner) == start + 6)
        let columns = x.slice(1..<2, alongAxis: -1)
        #expect(columns.values == [1, 4, 7, 10] && Self.address(columns) != start + 1)
        // one row of a slice of columns is contiguous
        let part = x.slice(3..<4, alongAxis: 0).slice(1..<3, alongAxis: 1)
        #expect(part.values == [10, 11] && Self.address(part) == start + 10)
        #expect(Self.address(x.reshaped(to: [4, 1, 3]).permuted([1, 0, 2])) == start)
    }

    @Test("A view keeps the memory that it lies in")
    func lifetime() {
        func view(_ value: Float) -> Tensor {
            Tensor(repeating: value, shape: [100, 7]).slice(40..<60, alongAxis: 0)
        }
        let views = (0..<8).map { view(Float($0)) }
        // would be handed the memory of the wholes, were it free
        let others = (0..<8).map { _ in Tensor(repeating: -1, shape: [100, 7]) }
        for (index, view) in views.enumerated() { #expect(view.values.allSatisfy { $0 == Float(index) }) }
        #expect(others.count == 8)
    }

    @Test("Steps, zeros around, other orders of axes and several tensors in one are as in NumPy")
    func arrangements() {
        // numpy.arange(24).reshape(2, 3, 4)
        let x = Self.counting([2, 3, 4])
        // x[::1, ::2, ::3]
        #expect(x.strided(by: [1, 2, 3]).values == [0, 3, 8, 11, 12, 15, 20, 23])
        // x.transpose(2, 0, 1)[1]
        #expect(x.permuted([2, 0, 1]).slice(1..<2, alongAxis: 0).values == [1, 5, 9, 13, 17, 21])
        // x.swapaxes(0, -1)[0]
        #expect(x.transposed(0, -1).slice(0..<1, alongAxis: 0).values == [0, 12, 4, 16, 8, 20])
        // numpy.pad(x[:, :1, :1], ((0, 1), (1, 0), (0, 1)))
        let corner = x.slice(0..<1, alongAxis: 1).slice(0..<1, alongAxis: 2)
        #expect(
            corner.padded(before: [0, 1, 0], after: [1, 0, 1]).values == [0, 0, 0, 0, 0, 0, 12, 0, 0, 0, 0, 0])
        // numpy.concatenate([x[:, :1], x[:, 2:]], 1)[1]
        let joined = Tensor.concatenated(
            [x.slice(0..<1, alongAxis: 1), x.slice(2..<3, alongAxis: 1)], alongAxis: 1)
        #expect(joined.shape == [2, 2, 4] && Array(joined.values[8...]) == [12, 13, 14, 15, 20, 21, 22, 23])
        // x[[1, 1, 0], 2, 3]; numpy.take_along_axis of the matrix [[0, 1, 2], [3, 4, 5]]
        #expect(x.gathered(rows: Indices([1, 1, 0])).shape == [3, 3, 4])
        #expect(x.gathered(rows: Indices([1, 1, 0])).strided(by: [1, 3, 4]).values == [12, 12, 0])
        #expect(Self.counting([2, 3]).gathered(columns: Indices([2, 0])).values == [2, 3])
        // torch.zeros(3, 2).index_add(0, [2, 2, 0], arange(6).reshape(3, 2))
        #expect(
            Self.counting([3, 2]).scatterAdded(rows: Indices([2, 2, 0]), count: 3).values == [4, 5, 0, 0, 2, 4])
    }

    @Test("Empty slices, tables and lists of indices give empty results")
    func empty() {
        let x = Self.counting([3, 2])
        #expect(x.slice(3..<3, alongAxis: 0).shape == [0, 2] && x.slice(1..<1, alongAxis: 1).shape == [3, 0])
        #expect(x.gathered(rows: Indices([])).shape == [0, 2])
        #expect(Tensor([], shape: [0, 2]).scatterAdded(rows: Indices([]), count: 2).values == [0, 0, 0, 0])
        #expect(Tensor([], shape: [0, 2]).padded(before: [1, 0], after: [0, 0]).values == [0, 0])
        #expect(Tensor([], shape: [0, 3, 2]).permuted([2, 0, 1]).shape == [2, 0, 3])
        #expect(Tensor.concatenated([x.slice(1..<1, alongAxis: 0), x], alongAxis: 0).values == x.values)
        // an empty slice of a variable has the gradient 0
        let variable = x.tracked
        let loss = variable.slice(1..<1, alongAxis: 1).sum() + variable.slice(0..<1, alongAxis: 0).sum()
        #expect(gradients(of: loss, withRespectTo: [variable])[0].values == [1, 1, 0, 0, 0, 0])
    }
}
