public import Communication
package import Kernels
import Preconditions
public import TensorEngine

/// A way to compress gradients, with what it remembers from step to step: of each shard what was not sent of it.
///
/// The memory belongs to shards, not to ranks. Each rank has that of its own shards; for a checkpoint rank 0 gathers it, and
/// after resuming gives it to whoever has the shards then.
public final class GradientCompression {
    let combiner: any GradientCombiner
    private let plan: ShardPlan
    private let rank: Int
    /// On rank 0, between gathering and releasing, or restoring and distributing, that of the other ranks' shards.
    private var staged: [Int: Buffer] = [:]

    /// Compression of the gradients of `arena`.
    /// - Parameters:
    ///   - groups: says what is frozen, and has no gradient.
    ///   - seed: of what begins at random.
    public init(
        _ method: CompressionMethod, arena: ParameterArena, plan: ShardPlan, rank: Int,
        groups: ParameterGroups = ParameterGroups(), seed: UInt64 = 1
    ) {
        (self.plan, self.rank) = (plan, rank)
        let shards = plan.run(of: rank)
        let parameters = zip(arena.names, zip(arena.parameters, arena.ranges)).compactMap { name, parameter in
            groups.isFrozen(name, parameter.0.shape)
                ? nil : TrainedParameter(name: name, shape: parameter.0.shape.sizes, range: parameter.1)
        }
        switch method {
        case .bfloat16: combiner = RoundedSum(.bfloat16)
        case .float16: combiner = RoundedSum(.float16)
        case .topK(let share):
            require(share > 0 && share <= 1, "GradientCompression: the share must be in (0, 1], found \(share)")
            combiner = CodedGradients(
                TopKCode(share: share), ErrorFeedback(localShards: shards, parameters))
        case .powerSGD(let rank):
            require(rank >= 1, "GradientCompression: the rank must be at least 1, found \(rank)")
            combiner = PowerSGD(rank: rank, seed: seed, parameters, localShards: shards)
        case .sign:
            combiner = CodedGradients(SignCode(), ErrorFeedback(localShards: shards, parameters))
        }
    }

    /// A tensor of a checkpoint, and where it lives.
    package struct SavedTensor {
        package let name: String
        package let shape: [Int]
        package let buffer: Buffer
    }

    /// What is remembered of all shards, on rank 0, from `gather` to `release`, under names such as
    /// `compression_error.shard3.layers.0.weight`. To restore it is filled before `distribute`.
    package var savedTensors: [SavedTensor] {
        let own = plan.run(of: rank)
        let errors = combiner.errors.map { errors in
            (0..<plan.shards).flatMap { shard in
                let buffer = own.contains(shard) ? errors.buffers[shard - own.lowerBound] : stagedBuffer(shard, errors)
                return errors.parameters.map {
                    SavedTensor(
                        name: "compression_error.shard\(shard).\($0.name)", shape: $0.shape,
                        buffer: Buffer(sliceOf: buffer, $0.range))
                }
            }
        }
        return (errors ?? [])
            + combiner.sharedState.map { SavedTensor(name: $0.name, shape: $0.shape, buffer: $0.buffer) }
    }

    private func stagedBuffer(_ shard: Int, _ errors: ErrorFeedback) -> Buffer {
        if let buffer = staged[shard] { return buffer }
        let buffer = Buffer(repeating: 0, count: errors.buffers[0].count)
        buffer.returnsToSystem = true
        staged[shard] = buffer
        return buffer
    }

    /// Brings what is remembered of all shards to rank 0. *Collective.*
    public func gather(over communicator: any Communicator) throws {
        try move(over: communicator) { shard, owner, errors in
            if rank == 0 { return .receive(Self.bytes(stagedBuffer(shard, errors)), from: owner, tag: 0) }
            return .send(UnsafeRawBufferPointer(Self.bytes(errors.buffers[place(shard)])), to: 0, tag: 0)
        }
    }

    /// Gives each rank what rank 0 has been given of its shards, if it has; and ends that. *Collective.*
    public func distribute(over communicator: any Communicator) throws {
        for (_, _, buffer) in combiner.sharedState {
            try communicator.broadcast(UnsafeMutableRawBufferPointer(buffer.elements), from: 0)
        }
        guard try communicator.allGather(UInt64(staged.count))[0] > 0 else { return }
        try move(over: communicator) { shard, owner, errors in
            if rank == 0 {
                return .send(UnsafeRawBufferPointer(Self.bytes(stagedBuffer(shard, errors))), to: owner, tag: 0)
            }
            return .receive(Self.bytes(errors.buffers[place(shard)]), from: 0, tag: 0)
        }
        release()
    }

    /// Gives back the memory that `gather` has taken. *Local.*
    public func release() { staged = [:] }

    /// One message for each shard that is not rank 0's, between its owner and rank 0.
    private func move(
        over communicator: any Communicator, _ transfer: (_ shard: Int, _ owner: Int, ErrorFeedback) -> Transfer
    ) throws {
        guard let errors = combiner.errors else { return }
        var transfers: [Transfer] = []
        for owner in 1..<max(1, plan.ranks) where rank == 0 || rank == owner {
            for shard in plan.run(of: owner) { transfers.append(transfer(shard, owner, errors)) }
        }
        try communicator.exchange(transfers)
    }

    /// The place of one of this rank's shards among them.
    private func place(_ shard: Int) -> Int { shard - plan.run(of: rank).lowerBound }

    private static func bytes(_ buffer: Buffer) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(buffer.elements)
    }
}
