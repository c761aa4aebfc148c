/// Brings together what several processes know of one batch that is dealt over them; the engine knows nothing more of them.
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
        var place = 0
        return tensors.map { tensor in
            defer { place += tensor.shape.count }
            return Tensor(
                (place..<(place + tensor.shape.count)).map { index in Float(parts.reduce(0) { $0 + $1[index] }) },
                shape: tensor.shape)
        }
    }
}
