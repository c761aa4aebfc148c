public import Settings

/// How gradients are compressed before they travel.
public struct CompressionSettings: SettingsGroup {
    /// The compressors there are.
    public enum Name: String, Sendable, CaseIterable {
        case none, bf16, fp16
        case topK = "top_k"
        case powerSGD = "powersgd"
        case sign

        /// Whether what was not sent is kept, and added to the next gradient.
        package var hasErrorFeedback: Bool {
            switch self {
            case .none, .bf16, .fp16: false
            case .topK, .powerSGD, .sign: true
            }
        }
    }

    /// The compressor.
    public var name = Name.none
    /// The part of each tensor's elements that `top_k` sends.
    public var share = 0.01
    /// Rank of the factors of `powersgd`.
    public var rank = 4

    public init() {}

    public static let prefix = "compression"
    public static let title = "compression: gradient compression"
    public static let keys: [Setting<Self>] = [
        Setting(
            "name", \.name, .choice,
            "gradient compression; all but bf16 and fp16 have error feedback: they keep for each shard what was not sent"
        ),
        Setting(
            "share", \.share, .number(.share), usedWhen: [.when("compression.name", is: Name.topK)],
            "top-k compression: the part of each tensor's elements that is sent, with their indices"),
        Setting(
            "rank", \.rank, .whole(atLeast: 1, atMost: 65_536),
            usedWhen: [.when("compression.name", is: Name.powerSGD)],
            "PowerSGD: rank of the two factors of a matrix"),
    ]

    public static func check(_ settings: Settings) throws(SettingsError) {
        let isCompressed = settings.compression.name != .none
        guard let asked = settings.askedCombination else { return }
        if isCompressed, settings.communication.combination == .adasum {
            throw .conflict(
                "communication.combination adasum needs the gradients as they are; set compression.name=none, or combination to sum"
            )
        }
        let path = settings.communication.path
        if path != .automatic && path != .messages {
            throw .conflict(
                "\(asked.value) travels by messages, not by communication.path \(path.rawValue); set the path to automatic or messages, or \(asked.usual)"
            )
        }
    }

    /// The method, for the reducer; nil for no compression.
    package var method: CompressionMethod? {
        switch name {
        case .none: nil
        case .bf16: .bfloat16
        case .fp16: .float16
        case .topK: .topK(share: share)
        case .powerSGD: .powerSGD(rank: rank)
        case .sign: .sign
        }
    }
}

extension Settings {
    /// How gradients are compressed before they travel.
    public var compression: CompressionSettings {
        get { self[CompressionSettings.self] }
        set { self[CompressionSettings.self] = newValue }
    }

    /// What is made of the shards' gradients other than their sum, and the setting without it; nil where they are summed.
    package var askedCombination: (value: String, usual: String)? {
        let name = compression.name
        if name != .none { return ("compression.name \(name.rawValue)", "compression.name=none") }
        return communication.combination == .sum
            ? nil : ("communication.combination adasum", "communication.combination=sum")
    }
}
