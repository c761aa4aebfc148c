import Checkpoints

extension ReplayRecord {
    /// The most shards that are computed together, each by a thread of its own.
    private static let mostSynchronizedShards = 128

    /// What is impossible in the record; nil when nothing is. Such a file was edited, or comes from somebody else.
    var problem: String? {
        do throws(Flaw) {
            try state.validate()
        } catch {
            return "\(error.found) where \(error.expected) is expected"
        }
        guard step >= 1, step - 1 == state.step else { return "step \(step) of a run that has done \(state.step)" }
        guard (1...1 << 20).contains(ranks) else { return "\(ranks) ranks" }
        guard !shards.isEmpty else { return "no shards" }
        // the weights stand beside the record, and nowhere else
        guard weights.hasSuffix(".safetensors"), !weights.contains("/"), !weights.contains("\0") else {
            return "weights in \"\(weights)\", where the name of a file in the same folder is expected"
        }
        if state.settings["model.batch_norm"]?.hasPrefix("synchroni") == true,
            shards.count > Self.mostSynchronizedShards
        {
            return "\(shards.count) shards with synchronized batch normalization, of which "
                + "\(Self.mostSynchronizedShards) can be computed together"
        }
        var numbers: Set<Int> = []
        for shard in shards {
            guard (0..<max(state.shards, ranks)).contains(shard.shard), numbers.insert(shard.shard).inserted else {
                return "shard \(shard.shard) twice, or beyond the \(state.shards) of the run"
            }
            if let problem = shard.problem(ranks: ranks) { return "shard \(shard.shard) with \(problem)" }
        }
        return nil
    }
}

extension ReplayRecord.Shard {
    fileprivate func problem(ranks: Int) -> String? {
        if !(0..<ranks).contains(rank) { return "rank \(rank) of \(ranks)" }
        if let sample = samples.first(where: { !(0..<Int(UInt32.max)).contains($0) }) { return "sample \(sample)" }
        if UInt32(lossBits, radix: 16) == nil { return "the loss \"\(lossBits)\"" }
        if !count.isFinite || count < 0 { return "the count \(count)" }
        return nil
    }
}
