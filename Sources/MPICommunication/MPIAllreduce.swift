package import Communication
import COpenMPI

/// MPI's own sum over all ranks: what the reductions of training are measured against, and nothing else.
package struct MPIAllreduce: Sendable {
    private let communicator: MPICommunicator

    /// That of `communicator`; nil if it is not one of MPI.
    package init?(_ communicator: any Communicator) {
        guard let communicator = communicator as? MPICommunicator else { return nil }
        self.communicator = communicator
    }

    /// Replaces the values by their sums over all ranks, blocking: MPI 3.1, section 5.9.6. *Collective.*
    package func callAsFunction(_ values: UnsafeMutableBufferPointer<Float>) throws {
        let handle = communicator.handle
        let largest = communicator.largestPiece / MemoryLayout<Float>.stride
        for start in stride(from: 0, to: values.count, by: largest) {
            try check(
                MPI_Allreduce(
                    shim_MPI_IN_PLACE(), values.baseAddress.map { $0 + start },
                    Int32(min(largest, values.count - start)), shim_MPI_FLOAT(), shim_MPI_SUM(), handle.raw),
                call: "MPI_Allreduce", rank: handle.worldRank)
        }
    }
}
