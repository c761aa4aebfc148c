public import Communication
import Kernels
public import TensorEngine

/// Collectives on one tensor of each rank. What is to have the same bits on any number of ranks goes through `ShardCollectives`.
extension Communicator {
    /// The element-wise sum of the ranks' tensors of one shape, along the shard tree over the ranks; not tracked. *Collective.*
    ///
    /// Throws the same `RankFailure` on every rank where the shapes differ.
    public func allReduce(_ tensor: Tensor) throws -> Tensor { try ranksAsShards().allReduce([tensor]) }

    /// The rows (first axis) of the ranks' tensors, concatenated in the order of the ranks; not tracked. *Collective.*
    ///
    /// The numbers of rows may differ; where the other axes do, every rank throws the same `RankFailure`.
    public func allGather(_ tensor: Tensor) throws -> Tensor { try ranksAsShards().allGather([tensor]).tensor }

    /// The root's tensor, on every rank; not tracked. *Collective*, with the same root.
    /// - Parameter tensor: counts on the root only.
    public func broadcast(_ tensor: Tensor?, from root: Int) throws -> Tensor {
        let sizes: [Int] = try share("broadcasting a tensor", from: root) {
            guard let tensor else { throw NoTensors(collective: "broadcast") }
            return tensor.shape.sizes
        }
        let result = Buffer(count: Shape(sizes).count)
        if rank == root, let tensor { result.pointer.update(from: tensor.buffer.pointer, count: result.count) }
        try broadcast(UnsafeMutableRawBufferPointer(result.elements), from: root)
        return Tensor(buffer: result, shape: Shape(sizes))
    }

    private func ranksAsShards() throws -> ShardCollectives {
        ShardCollectives(over: self, plan: try ShardPlan(shards: size, ranks: size))
    }
}
