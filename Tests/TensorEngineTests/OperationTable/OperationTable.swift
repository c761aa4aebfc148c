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
        /// Uniform within 1 of a center.
        case around(Float)
        /// Uniform within 1 of 0, but further than 0.1 from it.
        case awayFromZero
        /// Multiples of 1/16 in a random order, none of them 0: no two are nearer than differences reach.
        case distinct
    }

    /// The inputs, each a function of the case.
    func makeInputs(stream: UInt64 = 0) -> [Tensor] {
        shapes.enumerated().map { place, shape in
            var generator = PhiloxGenerator(seed: UInt64(place + 1), purpose: .test, stream: stream)
            if case .distinct = domain {
                let low = shape.count / 2
                let values = (0..<shape.count).map { (Float($0 - low) + 0.5) / 16 }
                return Tensor(values.shuffled(using: &generator), shape: shape)
            }
            return Tensor(shape: shape) { elements in
                for i in elements.indices {
                    let x = generator.uniform() * 2 - 1
                    elements[i] =
                        switch domain {
                        case .around(let center): center + x
                        case .awayFromZero, .distinct: x < 0 ? x * 0.9 - 0.1 : x * 0.9 + 0.1
                        }
                }
            }
        }
    }
}

/// Every operation of the engine, over several shapes. `OperationTableTests` fails when one is missing.
let operationTable: [OperationCase] =
    OperationCase.arithmetic + OperationCase.elementary + OperationCase.matrix + OperationCase.arrangement
    + OperationCase.indexing
    + OperationCase.softmax + OperationCase.sequences + OperationCase.images + OperationCase.activations
    + OperationCase.recurrence + OperationCase.temporal + OperationCase.mathematics
