import Kernels
public import Timeline

/// Sees each operation of a computation, forward and backward, after it was computed: what the profile of operations, a
/// timeline and the search for values that are not finite have in common.
///
/// Observers are given to `valueAndGradients`; the graph carries them. They see the operations that depend on its
/// parameters, on the thread that computes them; what runs within an operation is part of it.
public protocol OperationObserver: AnyObject, Sendable {
    /// Is called once after each operation.
    func observe(_ operation: ObservedOperation)
}

/// An operation that was computed.
public struct ObservedOperation {
    /// Its type; `"\(type)"` is its name, such as `Convolution`.
    public let type: any Primitive.Type
    /// Whether this was its vector-Jacobian product, in the backward pass.
    public let isBackward: Bool
    /// Its inputs; in the backward pass only those of an operation that saves them.
    public let inputs: [Tensor]
    /// Its output; in the backward pass the cotangent of each input, nil where none was made.
    public let results: [Tensor?]
    /// When it began and ended, in nanoseconds of the clock `TimelineEvent.now`.
    public let begin, end: UInt64
}

/// The observers of a computation; its leaves and operations have the list, or nil when nobody observes.
final class ObserverList: Sendable {
    private let observers: [any OperationObserver]

    /// Nil for no observers.
    init?(_ observers: [any OperationObserver]) {
        if observers.isEmpty { return nil }
        self.observers = observers
    }

    /// Computes an operation and shows it to all observers.
    func observing<Result>(
        _ type: any Primitive.Type, isBackward: Bool, inputs: [Tensor], results: (Result) -> [Tensor?],
        _ body: () -> Result
    ) -> Result {
        let begin = TimelineEvent.now
        let result = body()
        let end = TimelineEvent.now
        let operation = ObservedOperation(
            type: type, isBackward: isBackward, inputs: inputs.map(\.detached),
            results: results(result).map { $0?.detached }, begin: begin, end: end)
        for observer in observers { observer.observe(operation) }
        return result
    }
}

extension EventRecorder: OperationObserver {
    /// Records the operation, when this is on.
    public func observe(_ operation: ObservedOperation) {
        record(
            operation: operation.type, isBackward: operation.isBackward,
            of: operation.inputs.lazy.map { UInt(bitPattern: $0.buffer.pointer) }, from: operation.begin,
            to: operation.end)
    }
}
