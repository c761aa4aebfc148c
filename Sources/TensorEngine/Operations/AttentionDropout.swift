import CKernels
import Preconditions

/// Which probabilities of an attention are dropped, and which are divided by the probability to be kept.
///
/// A function of (seed, stream, step, sample) and of head, query and key: nothing is stored but these.
public struct AttentionDropout: Sendable {
    private let seed: UInt64
    private let stream, step: UInt32
    private let samples: [UInt32]
    private let keep: Float

    /// Each probability is kept with the probability `keep`, in (0, 1].
    /// - Parameters:
    ///   - stream: distinguishes this attention from others of the same step.
    ///   - samples: what names the random numbers of each sample of the batch, or of equally many rows of it.
    public init(seed: UInt64, stream: UInt32, step: UInt32, samples: [UInt32], keep: Float) {
        require(
            keep > 0 && keep <= 1 && !samples.isEmpty,
            "AttentionDropout: a part of 0 < keep <= 1 and samples are needed, found \(keep) and \(samples.count)")
        (self.seed, self.stream, self.step, self.samples, self.keep) = (seed, stream, step, samples, keep)
    }

    /// Runs `body` with the form that the kernels take, which is valid during the call.
    func withKernelForm<Result>(
        rows: Int, _ body: (UnsafePointer<lockstep_attention_dropout>) -> Result
    ) -> Result {
        require(
            rows % samples.count == 0,
            "AttentionDropout: \(rows) samples are no multiple of the \(samples.count) that have random numbers")
        return samples.withUnsafeBufferPointer { samples in
            var form = lockstep_attention_dropout(
                key: seed, stream: stream, step: step, samples: samples.baseAddress,
                rows_per_sample: rows / samples.count, keep: keep)
            return body(&form)
        }
    }

    /// All factors, 0 or 1/keep: [samples, heads, queries, keys].
    func factors(samples: Int, heads: Int, queries: Int, keys: Int) -> Tensor {
        var shape = lockstep_attention_shape()
        (shape.samples, shape.heads, shape.queries, shape.keys) = (samples, heads, queries, keys)
        return Tensor(shape: [samples, heads, queries, keys]) { out in
            withKernelForm(rows: samples) { lockstep_attention_mask(&shape, $0, out.baseAddress!) }
        }
    }
}

extension AttentionDropout? {
    /// The same with a null pointer where nothing is dropped.
    func withKernelForm<Result>(
        rows: Int, _ body: (UnsafePointer<lockstep_attention_dropout>?) -> Result
    ) -> Result {
        guard let self else { return body(nil) }
        return self.withKernelForm(rows: rows) { body($0) }
    }
}
