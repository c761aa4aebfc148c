/// Gathers values over the processes that share one batch, as synchronized batch normalization needs; all that the engine
/// knows of other processes.
///
/// Each pass of the batch makes the same calls in the same order on all of them.
public protocol BatchSynchronization: AnyObject, Sendable {
    /// The values of every process that has a part of the batch, always in the same order. *Collective.*
    ///
    /// It cannot throw: where the others can't be reached the own values are all there are, and the owner of the object
    /// learns of it when the pass is over.
    func gather(_ values: [Double]) -> [[Double]]
}

extension BatchSynchronization {
    /// The sums of tensors over all processes, added in Float64 in their order.
    func sums(of tensors: [Tensor]) -> [Tensor] {
        let parts = gather(tensors.flatMap { $0.values.map(Double.init) })
        var offset = 0
        return tensors.map { tensor in
            defer { offset += tensor.shape.count }
            return Tensor(
                (offset..<(offset + tensor.shape.count)).map { index in Float(parts.reduce(0) { $0 + $1[index] }) },
                shape: tensor.shape)
        }
    }
}
