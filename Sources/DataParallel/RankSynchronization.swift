import Communication
import Synchronization
import TensorEngine

/// Brings together what the ranks know of a global batch, of which each has one part or none.
///
/// Everything goes through the thread that computes: in its steps no other thread may communicate.
final class RankSynchronization: BatchSynchronization {
    private let communicator: any Communicator
    private let failure = Mutex<(any Error)?>(nil)

    init(_ communicator: any Communicator) { self.communicator = communicator }

    /// *Collective*: the ranks without samples are in `attend` meanwhile.
    func gather(_ values: [Double]) -> [[Double]] {
        guard failure.withLock({ $0 == nil }) else { return [values] }
        do {
            return try exchange(values)
        } catch {
            failure.withLock { $0 = error }
            return [values]
        }
    }

    /// Says that this rank's part of the step is over, and throws what went wrong meanwhile. *Collective.*
    func endStep() throws {
        if let error = failure.withLock({ $0 }) { throw error }
        _ = try exchange([])
    }

    /// What a rank without samples does instead of a step: it is there, until the others say that they are done.
    /// *Collective.*
    func attend() throws {
        while try !exchange([]).isEmpty {}
    }

    /// The values of the ranks that have some.
    private func exchange(_ values: [Double]) throws -> [[Double]] {
        try communicator.allGather(values).filter { !$0.isEmpty }
    }
}
