import DataParallel
import Messages

extension Settings {
    /// How gradients are made smaller before they travel.
    public struct Compression: Sendable, Equatable {
        /// The ways there are.
        public enum Name: String, Sendable, CaseIterable {
            case none, bf16, fp16
            case topK = "top_k"
            case powerSGD = "powersgd"
            case sign
        }

        /// The way.
        public var name = Name.none
        /// Which part of each tensor's elements `top_k` sends.
        public var share = 0.01
        /// Vectors of each factor of `powersgd`.
        public var rank = 4

        /// What the gradients are compressed to; nil for not at all.
        var method: CompressionMethod? {
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

    /// What is made of the shards' gradients.
    public enum Combination: String, Sendable, CaseIterable { case sum, adasum }

    static let compressionKeys: [SettingKey] = [
        SettingKey(
            "communication.combination", \.communication.combination, .choice,
            "what is made of the shards' gradients: their sum, or by adasum something between sum and mean of the shards' means"
        ),
        SettingKey(
            "compression.name", \.compression.name, .choice,
            "how gradients are made smaller before they travel; all but bf16 and fp16 keep for each shard what was not sent"
        ),
        SettingKey(
            "compression.share", \.compression.share, .number(.share),
            "the part of each tensor's elements that top_k sends, with their places"),
        SettingKey(
            "compression.rank", \.compression.rank, .whole(atLeast: 1, atMost: 65_536),
            "vectors of each of the two factors that powersgd makes of a matrix"),
    ]

    /// What is made of the shards' gradients in a few words; nil for their sum.
    var gradientsText: String? {
        switch compression.name {
        case .none: communication.combination == .adasum ? "combined by Adasum" : nil
        case .bf16, .fp16: "summed in \(compression.name.rawValue)"
        case .topK: "the largest \(Readable.percent(compression.share)) of each tensor, with error feedback"
        case .powerSGD: "PowerSGD of rank \(compression.rank), with error feedback"
        case .sign: "signs, with error feedback"
        }
    }

    /// What is combined with other settings that it does not go together with is refused.
    func validateCombination() throws(SettingsError) {
        let isCompressed = compression.name != .none
        guard isCompressed || communication.combination != .sum else { return }
        let asked =
            isCompressed ? "compression.name \(compression.name.rawValue)" : "communication.combination adasum"
        let usual = isCompressed ? "compression.name=none" : "communication.combination=sum"
        if isCompressed, communication.combination == .adasum {
            throw .conflict(
                "communication.combination adasum needs the gradients as they are; set compression.name=none, or combination to sum"
            )
        }
        if optimizer.name.isSecondOrder {
            throw .conflict(
                "optimizer.name \(optimizer.name.rawValue) needs the gradient as it is, not by \(asked); set \(usual), or another rule"
            )
        }
        if communication.path != .automatic && communication.path != .messages {
            throw .conflict(
                "\(asked) travels by messages, not by communication.path \(communication.path.rawValue); set the path to automatic or messages, or \(usual)"
            )
        }
        if isCompressed, ![.bf16, .fp16].contains(compression.name), nonFinite.action == .skip {
            throw .conflict(
                "\(asked) keeps what was not sent, and a step that is skipped would lose some of it; set non_finite.action=stop, or \(usual)"
            )
        }
        if model.batchNorm == .synchronized, ![.bf16, .fp16].contains(compression.name) {
            throw .conflict(
                "\(asked) depends on the shards, and with model.batch_norm synchronized these are the ranks; set \(usual), or batch_norm to shard"
            )
        }
    }
}
