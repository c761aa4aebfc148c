import Kernels
import Synchronization

/// The operation at which a computation stopped being finite.
public struct NonFiniteOperation: Sendable, Equatable {
    /// Its name, such as `Convolution`.
    public let operation: String
    /// Whether it is its cotangents that are not finite, in the backward pass.
    public let isBackward: Bool
    /// Its number among the operations of the pass that were observed, from 1.
    public let number: Int
    /// The names of the parameters among its inputs.
    public let parameters: [String]
    /// The shape of its output; in the backward pass, of the first cotangent that is not finite.
    public let shape: Shape
    /// Whether one of its inputs was not finite already, though no operation has made it so: then the data are not.
    public let isOfData: Bool
}

/// Finds the first operation of a forward pass, and the first of a backward pass, whose result is not finite.
///
/// An observer of one call of `valueAndGradients`: it reads each result whole, which a computation that has failed is
/// worth.
public final class NonFiniteSearch: OperationObserver {
    /// What was found, pass by pass.
    public struct Findings: Sendable, Equatable {
        /// The first operation whose input or output was not finite.
        public fileprivate(set) var forward: NonFiniteOperation?
        /// The first operation whose cotangents were not finite.
        public fileprivate(set) var backward: NonFiniteOperation?
    }

    private struct State {
        var findings = Findings()
        var forwardCount = 0
        var backwardCount = 0
    }

    private let names: [UInt: String]
    private let state = Mutex(State())

    /// A search that names the parameters of `arena`.
    public init(in arena: ParameterArena) {
        names = Dictionary(
            zip(arena.parameters.map(\.buffer.address), arena.names), uniquingKeysWith: { first, _ in first })
    }

    /// What was found so far.
    public var findings: Findings { state.withLock { $0.findings } }

    /// Looks at the results of an operation.
    public func observe(_ operation: ObservedOperation) {
        state.withLock { state in
            if operation.isBackward {
                state.backwardCount += 1
                guard state.findings.backward == nil,
                    let first = operation.results.lazy.compactMap(\.self).first(where: { !$0.isFinite })
                else { return }
                state.findings.backward = found(operation, state.backwardCount, first, isOfData: false)
            } else {
                state.forwardCount += 1
                guard state.findings.forward == nil, let output = operation.results[0] else { return }
                let isOfData = !operation.inputs.allSatisfy(\.isFinite)
                guard isOfData || !output.isFinite else { return }
                state.findings.forward = found(operation, state.forwardCount, output, isOfData: isOfData)
            }
        }
    }

    private func found(
        _ operation: ObservedOperation, _ number: Int, _ result: Tensor, isOfData: Bool
    ) -> NonFiniteOperation {
        NonFiniteOperation(
            operation: "\(operation.type)", isBackward: operation.isBackward, number: number,
            parameters: operation.inputs.compactMap { names[$0.buffer.address] }, shape: result.shape,
            isOfData: isOfData)
    }
}

extension Tensor {
    fileprivate var isFinite: Bool { buffer.isFinite }
}

extension Buffer {
    fileprivate var address: UInt { UInt(bitPattern: pointer) }
}
