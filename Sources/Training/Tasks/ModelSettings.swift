import DataParallel
public import Layers
public import Settings

/// The model that is trained: sizes that recipes share.
public struct ModelSettings: SettingsGroup {
    /// Name of the architecture; the recipe knows which there are.
    public var name = "mlp"
    /// Units of each hidden layer, from the input on.
    public var hidden = [512, 256]
    /// Activation of the hidden layers of a perceptron, and its connections.
    public var activation = MultilayerPerceptron.Nonlinearity.relu
    public var connections = MultilayerPerceptron.Connections.plain
    /// Probability that a unit is dropped.
    public var dropout = 0.0
    /// Blocks of a transformer, layers of a recurrent network.
    public var layers = 4
    /// Attention heads of each block.
    public var heads = 4
    /// Embedding dimension of a transformer, units of a recurrent layer.
    public var width = 128
    /// Context length: the most tokens that are seen at once.
    public var context = 64
    /// Whether activations of blocks are recomputed in the backward pass, to save memory.
    public var recompute = false
    /// Whose mean and variance batch normalization uses.
    public var batchNorm = BatchNorm.shard

    /// Whose mean and variance batch normalization uses in training: each shard's, or the global batch's.
    public enum BatchNorm: String, Sendable, CaseIterable { case shard, synchronized }

    public init() {}

    public static let prefix = "model"
    public static let title = "model: architecture and sizes"
    public static let isUsedByRecipes = true
    public static let keys: [Setting<Self>] = [
        Setting(
            "name", \.name, .anyText, aliases: ["arch", "architecture", "model"],
            "architecture; the recipe says which there are"),
        Setting(
            "hidden", \.hidden, .wholes(atLeast: 1, atMost: 1_000_000),
            aliases: ["hidden_size", "hidden_sizes", "hidden_units", "hidden_layers"], "units of each hidden layer"),
        Setting(
            "activation", \.activation, .choice, aliases: ["nonlinearity"], "activation of the hidden layers of mlp"),
        Setting(
            "connections", \.connections, .choice,
            "connections between the layers of mlp: plain; residual (skip connections between layers of equal width); dense "
                + "(concatenation of all earlier outputs)"),
        Setting(
            "dropout", \.dropout, .number(.belowOne), changesInTraining: true, aliases: ["drop", "dropout_rate"],
            "dropout: probability that a unit, or an attention weight, is dropped"),
        Setting(
            "layers", \.layers, .whole(atLeast: 1, atMost: 10_000),
            aliases: ["num_layers", "n_layer", "n_layers", "depth"],
            "blocks of a transformer, layers of a recurrent network"),
        Setting(
            "heads", \.heads, .whole(atLeast: 1, atMost: 1_000_000), aliases: ["num_heads", "n_head", "n_heads"],
            "attention heads of each block"),
        Setting(
            "width", \.width, .whole(atLeast: 1, atMost: 1_000_000),
            aliases: ["n_embd", "d_model", "embedding_dim", "embed_dim"],
            "embedding dimension of a transformer, units of a recurrent layer"),
        Setting(
            "context", \.context, .whole(atLeast: 1, atMost: 1_000_000_000),
            aliases: ["block_size", "seq_len", "sequence_length", "max_length", "max_len", "context_length"],
            "context length: most tokens that are seen at once"),
        Setting(
            "recompute", \.recompute, .flag, changesOnResume: true, aliases: ["gradient_checkpointing"],
            "gradient checkpointing: recompute the blocks of resnet… and gpt in the backward pass; less memory, more time, the "
                + "same bits"),
        Setting(
            "batch_norm", \.batchNorm, .choice(formerly: ["synchronised": .synchronized]),
            "batch statistics that batch normalization uses in training: each shard's, or (synchronized) those of the global "
                + "batch over all ranks, each of which then computes its samples as one shard"),
    ]

    public static func check(_ settings: Settings) throws(SettingsError) {
        guard settings.model.batchNorm == .synchronized, let asked = settings.askedCombination,
            ![.bf16, .fp16].contains(settings.compression.name)
        else { return }
        throw .conflict(
            "\(asked.value) depends on the shards, and with model.batch_norm synchronized these are the ranks; set \(asked.usual), or batch_norm to shard"
        )
    }
}

extension ModelSettings {
    /// The keys of `perceptron` beside `model.hidden`.
    public static let perceptronKeys = ["model.activation", "model.connections", "model.dropout"]

    /// A perceptron of these widths, with the activation, connections and dropout of the settings.
    public func perceptron(widths: [Int], random: inout InitializationRandom) -> MultilayerPerceptron {
        MultilayerPerceptron(
            widths: widths, dropout: Float(dropout), activation: activation, connections: connections, random: &random)
    }

    /// Such as `mlp 784-512-10`, with what differs from a plain perceptron of ReLU.
    public func perceptronSummary(widths: [Int]) -> String {
        let others = [
            connections == .plain ? nil : connections.rawValue, activation == .relu ? nil : activation.rawValue,
        ]
        return (["mlp \(widths.map(String.init).joined(separator: "-"))"] + others.compactMap { $0 })
            .joined(separator: ", ")
    }
}

extension Settings {
    /// The model that is trained.
    public var model: ModelSettings {
        get { self[ModelSettings.self] }
        set { self[ModelSettings.self] = newValue }
    }
}
