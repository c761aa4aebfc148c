import Timeline

extension EventRecorder {
    /// Records the passes of a shard, of which the backward one ends now.
    func recordPasses(ofShard shard: Int, from begin: UInt64, _ forwardEnd: UInt64) {
        record(.forward, "forward of shard \(shard)", from: begin, to: forwardEnd)
        record(.backward, "backward of shard \(shard)", from: forwardEnd, to: TimelineEvent.now)
    }

    /// Records what became of the buckets of a step.
    func record(_ buckets: [BucketTiming]) {
        for bucket in buckets where bucket.filled > 0 && bucket.begun > 0 {
            let name = "bucket \(bucket.bucket)"
            record(.filled, "\(name) filled", from: bucket.filled, to: bucket.filled)
            record(
                TimelineEvent(
                    .bucket, name, from: bucket.begun, to: max(bucket.begun, bucket.done), step: step,
                    bytes: bucket.bytes))
        }
    }
}
