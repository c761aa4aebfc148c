extension Settings {
    /// Every setting, in the order of files and lists: the one description from which reading, writing and help follow.
    public static let keys: [SettingKey] =
        runKeys + dataKeys + augmentKeys + lossKeys + modelKeys + transferKeys + optimizerKeys + scheduleKeys
        + boundKeys
        + recordKeys + compressionKeys + localKeys + watchKeys

    private static let runKeys: [SettingKey] = [
        SettingKey("recipe", \.recipe, .anyText, "recipe that is trained"),
        SettingKey("seed", \.seed, .whole(atLeast: 0, atMost: .max), "seed of all random numbers"),
        SettingKey(
            "epochs", \.epochs, .whole(atLeast: 1, atMost: 1_000_000), changesOnResume: true,
            "passes over the training samples"),
        SettingKey(
            "steps", \.steps, .optional(.whole(atLeast: 1, atMost: 1_000_000_000_000)), changesOnResume: true,
            "optimizer steps of the run, instead of epochs"),
        SettingKey(
            "global_batch", \.globalBatch, .wholeOrWord(atLeast: 1, atMost: 1_000_000_000, word: "full", for: 0),
            "samples of one optimizer step, over all ranks: 1, a mini-batch, or full for all training samples"),
        SettingKey(
            "shards", \.shards, .whole(atLeast: 0, atMost: 65_536),
            "parts of the global batch, summed in a fixed order; 0 = one per rank, fixed at the start"),
        SettingKey(
            "threads", \.threads, .whole(atLeast: 1, atMost: 1024), changesOnResume: true, "threads of each rank"),
    ]

    private static let transferKeys: [SettingKey] = [
        SettingKey(
            "transfer.from", \.transfer.from, .optional(.anyText),
            "run directory, checkpoint's folder or .safetensors file whose weights the run begins with, by name"),
        SettingKey(
            "transfer.skip", \.transfer.skip, .patterns, "weights that are not taken from there, such as a new head's"),
        SettingKey(
            "transfer.layout", \.transfer.layout, .choice,
            "order of the axes of a .safetensors file that does not say it: lockstep is [inputs, outputs] and [height, width, "
                + "inputs, outputs], pytorch [outputs, inputs] and [outputs, inputs, height, width]; automatic refuses what fits both"
        ),
        SettingKey(
            "freeze", \.freeze, .patterns,
            "parameters and running statistics that stay as they are; a batch normalization whose statistics are "
                + "among them uses them in training"),
    ]

    private static let recordKeys: [SettingKey] = [
        SettingKey(
            "checkpoint.every", \.checkpoint.every, .whole(atLeast: 0), changesOnResume: true,
            "steps between checkpoints; 0 = only at the end"),
        SettingKey(
            "checkpoint.keep", \.checkpoint.keep, .whole(atLeast: 1), changesOnResume: true,
            "newest checkpoints that are kept"),
        SettingKey(
            "checkpoint.best", \.checkpoint.best, .choice, changesOnResume: true,
            "keep the checkpoint with the best test loss or accuracy too, as checkpoints/best"),
        SettingKey("log.every", \.log.every, .whole(atLeast: 1), changesOnResume: true, "steps between reports"),
        SettingKey(
            "evaluate.every", \.evaluate.every, .whole(atLeast: 0), changesOnResume: true,
            "epochs between evaluations; 0 = only at the end"),
        SettingKey(
            "evaluate.steps", \.evaluate.steps, .whole(atLeast: 0, atMost: 1_000_000_000_000), changesOnResume: true,
            "steps between evaluations, in place of epochs; 0 = by epochs"),
        SettingKey(
            "evaluate.top_k", \.evaluate.topK, .whole(atLeast: 1, atMost: 1_000_000), changesOnResume: true,
            "likeliest classes among which the true one counts as found, in top_K_accuracy, where there are more classes"
        ),
        SettingKey(
            "evaluate.samples", \.evaluate.samples, .whole(atLeast: 0), changesOnResume: true,
            "test samples of each evaluation during training, the same ones each time; 0 = all"),
        SettingKey(
            "evaluate.final_samples", \.evaluate.finalSamples, .whole(atLeast: 0), changesOnResume: true,
            "test samples of the evaluation at the end; 0 = all"),
        SettingKey(
            "early_stopping.patience", \.earlyStopping.patience, .whole(atLeast: 0), changesOnResume: true,
            "evaluations in a row without a better one after which the run ends; 0 = never"),
        SettingKey(
            "early_stopping.threshold", \.earlyStopping.threshold, .number(.zeroOrMore),
            "how much better an evaluation must be to count"),
        SettingKey(
            "early_stopping.metric", \.earlyStopping.metric, .choice, "what tells better evaluations from worse"),
        SettingKey(
            "diagnose.every", \.diagnose.every, .whole(atLeast: 0), changesOnResume: true,
            "steps between examinations of each layer for vanishing and exploding gradients; 0 = never"),
        SettingKey(
            "agreement.every", \.agreement.every, .whole(atLeast: 0), changesOnResume: true,
            "steps between comparisons of the weights over the ranks; 0 = never"),
        SettingKey(
            "communication.path", \.communication.path, .choice, changesOnResume: true,
            "how gradients travel: through memory that a host's ranks share and between hosts once, or by messages"),
        SettingKey(
            "communication.bucket_kilobytes", \.communication.bucketKilobytes,
            .automatic(.whole(atLeast: 1, atMost: 16_777_216)), changesOnResume: true,
            "gradients reduced at once, in units of 1024 bytes; automatic: 1024, unless measured (communication.autotune)"
        ),
        SettingKey(
            "communication.autotune", \.communication.autotune, .choice, changesOnResume: true,
            "find the best buckets by measurement in the first steps; automatic: in runs of 500 steps or more"),
        SettingKey(
            "communication.overlap", \.communication.overlap, .flag, changesOnResume: true,
            "send gradients while the backward pass goes on"),
        SettingKey(
            "communication.ranks_per_host", \.communication.ranksPerHost, .whole(atLeast: 0), changesOnResume: true,
            "counts each so many ranks of a host, such as those of one processor, as a host; 0 = all of them"),
        SettingKey(
            "communication.sharding", \.communication.sharding, .choice, changesOnResume: true,
            "what the ranks of a host keep once for all of them, each working on a part; automatic: optimizer where memory "
                + "can be shared"),
    ]

    private static let localKeys: [SettingKey] = [
        SettingKey(
            "local.steps", \.local.steps, .whole(atLeast: 0),
            "local SGD: steps that workers train apart before they are averaged; 0 = each step is one of all ranks"),
        SettingKey(
            "local.workers", \.local.workers, .whole(atLeast: 0, atMost: 65_536),
            "workers that train apart, among which the shards are divided, such as the number of hosts; 0 = one per shard"
        ),
        SettingKey(
            "local.outer_rate", \.local.outerRate, .number(.aboveZero),
            "how far an average moves the common weights towards the workers' mean; 0.7 in DiLoCo"),
        SettingKey(
            "local.outer_momentum", \.local.outerMomentum, .number(.belowOne),
            "Nesterov's momentum of these moves; 0.9 in DiLoCo"),
    ]

    private static let keysByName = Dictionary(uniqueKeysWithValues: keys.map { ($0.name, $0) })

    /// The groups of keys that YAML files may nest, in order.
    static let groups: [String] = keys.compactMap(\.group).reduce(into: []) { groups, group in
        if groups.last != group { groups.append(group) }
    }

    /// The key with this dotted name; `source` names where the name stands.
    public static func key(named name: String, source: String) throws(SettingsError) -> SettingKey {
        guard let key = keysByName[name] else {
            throw .unknownKey(name, source: source, nearest: nearest(to: name, among: keys.map(\.name)))
        }
        return key
    }
}
