import CKernels
import Kernels

/// Each shard's gradients in a code, with error feedback; every rank reads the codes of all shards, in their order.
///
/// No sum goes back, which would have to be compressed, too. So what a rank receives grows with the number of shards: this
/// is for few shards and codes of few bytes.
final class CodedGradients: GradientCombiner {
    private let code: any TensorCode
    private let feedback: ErrorFeedback
    private var payloads = Buffer(count: 0)

    var errors: ErrorFeedback? { feedback }

    init(_ code: any TensorCode, _ feedback: ErrorFeedback) { (self.code, self.feedback) = (code, feedback) }

    func combine(
        _ bucket: ShardBucket, _ gradients: ShardGradients, over link: ShardLink,
        into result: UnsafeMutablePointer<Float>
    ) throws {
        let starts = bucket.parameters.reduce(into: [0]) {
            $0.append($0[$0.count - 1] + code.byteCount($1.range.count))
        }
        let bytesPerShard = starts[starts.count - 1]
        let words = link.plan.shards * bytesPerShard / 4
        if payloads.count < words { payloads = Buffer(count: words) }
        let bytes = UnsafeMutableRawPointer(payloads.pointer)
        func part(_ shard: Int, _ index: Int) -> UnsafeMutableRawPointer {
            bytes + shard * bytesPerShard + starts[index]
        }

        for (local, shard) in link.localShards.enumerated() {
            let count = gradients.counts[local]
            if count == 0 { part(shard, 0).initializeMemory(as: UInt8.self, repeating: 0, count: bytesPerShard) }
            for (index, parameter) in bucket.parameters.enumerated() where count > 0 {
                let (start, elements) = (parameter.range.lowerBound, parameter.range.count)
                let gradient = gradients.slots[local].pointer + start
                let error = feedback.buffers[local].pointer + start
                if lockstep_all_finite(gradient, elements) != 0 {
                    lockstep_add_scaled(gradient, 1 / count, error, elements)
                    code.encode(error, count: elements, weight: count, into: part(shard, index))
                } else {
                    // what is not finite is shown to all, and kept out of the memory
                    code.encode(gradient, count: elements, weight: 1, into: part(shard, index))
                }
            }
        }
        try link.allGather(bytes, bytesPerShard: bytesPerShard)
        for (index, parameter) in bucket.parameters.enumerated() {
            let out = result + parameter.range.lowerBound
            out.update(repeating: 0, count: parameter.range.count)
            for shard in 0..<link.plan.shards { code.add(part(shard, index), count: parameter.range.count, to: out) }
        }
    }
}
