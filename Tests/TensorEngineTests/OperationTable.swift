import Kernels
import TensorEngine

/// One way to use an operation: the shapes of its inputs, where to draw them from, and the computation.
struct OperationCase: Sendable, CustomStringConvertible {
    /// The primitive, as its type is named.
    let primitive: String
    let shapes: [Shape]
    var domain: Domain = .around(0)
    let compute: @Sendable ([Tensor]) -> Tensor

    var description: String { "\(primitive) \(shapes)" }

    /// Where inputs are drawn from, so that the operation is smooth there.
    enum Domain {
        /// Uniform within 1 of a centre.
        case around(Float)
        /// Uniform within 1 of 0, but further than 0.1 from it.
        case awayFromZero
    }

    /// The inputs, each a function of the case.
    func makeInputs(stream: UInt64 = 0) -> [Tensor] {
        shapes.enumerated().map { place, shape in
            var generator = PhiloxGenerator(seed: UInt64(place + 1), purpose: .test, stream: stream)
            return Tensor(shape: shape) { elements in
                for i in elements.indices {
                    let x = generator.uniform() * 2 - 1
                    elements[i] =
                        switch domain {
                        case .around(let centre): centre + x
                        case .awayFromZero: x < 0 ? x * 0.9 - 0.1 : x * 0.9 + 0.1
                        }
                }
            }
        }
    }
}

/// Every operation of the engine, over several shapes. `OperationTableTests` fails when one is missing.
let operationTable: [OperationCase] = [
    OperationCase(primitive: "Add", shapes: [[3, 5], [3, 5]]) { $0[0] + $0[1] },
    OperationCase(primitive: "Add", shapes: [[3, 5], [5]]) { $0[0] + $0[1] },
    OperationCase(primitive: "Add", shapes: [[2, 1, 3], [4, 1]]) { $0[0] + $0[1] },
    OperationCase(primitive: "Add", shapes: [[3], []]) { $0[0] + $0[1] },
    OperationCase(primitive: "Subtract", shapes: [[2, 7], [2, 7]]) { $0[0] - $0[1] },
    OperationCase(primitive: "Subtract", shapes: [[7], [2, 1]]) { $0[0] - $0[1] },
    OperationCase(primitive: "Multiply", shapes: [[4, 3], [4, 3]]) { $0[0] * $0[1] },
    OperationCase(primitive: "Multiply", shapes: [[4, 3], [4, 1]]) { $0[0] * $0[1] },
    OperationCase(primitive: "Multiply", shapes: [[], [2, 3]]) { $0[0] * $0[1] },
    OperationCase(primitive: "Multiply", shapes: [[5]]) { $0[0] * $0[0] * $0[0] },
    OperationCase(primitive: "Divide", shapes: [[3, 3], [3, 3]], domain: .around(2)) { $0[0] / $0[1] },
    OperationCase(primitive: "Divide", shapes: [[3], [2, 3]], domain: .around(2)) { $0[0] / $0[1] },
    OperationCase(primitive: "Affine", shapes: [[9]]) { 2 * $0[0] * $0[0] - 3 },
    OperationCase(primitive: "Affine", shapes: [[2, 2]]) { (1 - $0[0]) / 4 * $0[0] },
    OperationCase(primitive: "Exponential", shapes: [[3, 5]]) { $0[0].exp() },
    OperationCase(primitive: "Logarithm", shapes: [[17]], domain: .around(1.6)) { $0[0].log() },
    OperationCase(primitive: "SquareRoot", shapes: [[3, 3]], domain: .around(2)) { $0[0].squareRoot() },
    OperationCase(primitive: "HyperbolicTangent", shapes: [[4, 5]]) { $0[0].tanh() },
    OperationCase(primitive: "Sigmoid", shapes: [[4, 5]]) { $0[0].sigmoid() },
    OperationCase(primitive: "ReLU", shapes: [[33]], domain: .awayFromZero) { $0[0].relu() * $0[0] },
    OperationCase(primitive: "ReLUGradient", shapes: [[4, 4], [4, 4]], domain: .awayFromZero) {
        // the gradient operation itself, within a computation that is differentiated again
        gradients(of: ($0[0].relu() * $0[1] * $0[1]).sum(), withRespectTo: [$0[0]], createsGraph: true)[0]
    },
    OperationCase(primitive: "MatrixMultiply", shapes: [[3, 4], [4, 5]]) { $0[0].matrixProduct($0[1]) },
    OperationCase(primitive: "MatrixMultiply", shapes: [[4, 3], [4, 5]]) {
        $0[0].matrixProduct($0[1], transposingSelf: true)
    },
    OperationCase(primitive: "MatrixMultiply", shapes: [[3, 4], [5, 4]]) {
        $0[0].matrixProduct($0[1], transposingOther: true)
    },
    OperationCase(primitive: "MatrixMultiply", shapes: [[4, 3], [5, 4]]) {
        $0[0].matrixProduct($0[1], transposingSelf: true, transposingOther: true)
    },
    OperationCase(primitive: "MatrixMultiply", shapes: [[1, 1], [1, 1]]) { $0[0].matrixProduct($0[1]) },
    OperationCase(primitive: "MatrixMultiply", shapes: [[3, 3]]) { $0[0].matrixProduct($0[0]) },
    OperationCase(primitive: "LinearTransform", shapes: [[5, 3], [3, 4], [4]]) {
        $0[0].linear(weight: $0[1], bias: $0[2])
    },
    OperationCase(primitive: "LinearTransform", shapes: [[1, 3], [3, 1], [1]], domain: .around(1.5)) {
        $0[0].linear(weight: $0[1], bias: $0[2], thenReLU: true)
    },
    OperationCase(primitive: "LinearTransform", shapes: [[4, 2], [2, 3], [3]], domain: .awayFromZero) {
        $0[0].linear(weight: $0[1], bias: $0[2], thenReLU: true)
    },
    OperationCase(primitive: "Broadcast", shapes: [[3, 1]]) { $0[0].broadcast(to: [2, 3, 4]) * 2 },
    OperationCase(primitive: "Broadcast", shapes: [[]]) { ($0[0] * $0[0]).broadcast(to: [3, 2]) },
    OperationCase(primitive: "SumTo", shapes: [[2, 3, 4]]) { ($0[0] * $0[0]).sum(to: [3, 1]) },
    OperationCase(primitive: "SumTo", shapes: [[2, 3, 4]]) { ($0[0] * $0[0]).sum(to: [2, 1, 4]) },
    OperationCase(primitive: "SumTo", shapes: [[6, 4]]) { ($0[0] * $0[0]).sum(to: [4]) },
    OperationCase(primitive: "SumTo", shapes: [[6, 4]]) { ($0[0] * $0[0]).sum() },
    OperationCase(primitive: "Reshape", shapes: [[6, 4]]) { ($0[0] * $0[0]).reshaped(to: [3, 8]).sum(alongAxis: 0) },
    OperationCase(primitive: "Transpose", shapes: [[3, 5], [3, 5]]) { $0[0].transposed() * $0[1].transposed() },
    OperationCase(primitive: "SelectColumns", shapes: [[4, 3]]) {
        ($0[0] * $0[0]).selecting(columns: Indices([2, 0, 0, 1]))
    },
    OperationCase(primitive: "PlaceColumns", shapes: [[4, 3]]) {
        gradients(
            of: ($0[0] * $0[0] * $0[0]).selecting(columns: Indices([2, 0, 0, 1])).sum(), withRespectTo: [$0[0]],
            createsGraph: true)[0]
    },
    OperationCase(primitive: "LogSoftmax", shapes: [[3, 5]]) { $0[0].logSoftmax() },
    OperationCase(primitive: "LogSoftmax", shapes: [[2, 2, 3]]) { $0[0].softmax() },
    OperationCase(primitive: "SoftmaxCrossEntropy", shapes: [[4, 5]]) {
        $0[0].softmaxCrossEntropy(labels: Indices([4, 0, 2, 2]))
    },
    OperationCase(primitive: "SoftmaxCrossEntropy", shapes: [[1, 1]]) {
        $0[0].softmaxCrossEntropy(labels: Indices([0]))
    },
]
