public import Kernels
import Preconditions
import TensorEngine

/// How the next token is chosen from logits.
public struct TokenSampling: Sendable {
    /// Logits are divided by it; 0 always chooses the likeliest token.
    public var temperature: Float
    /// Only this many of the likeliest tokens are chosen from; nil: all.
    public var topK: Int?

    /// Sampling with this temperature among the `topK` likeliest.
    public init(temperature: Float = 1, topK: Int? = nil) {
        require(temperature >= 0, "TokenSampling: the temperature must be at least 0, found \(temperature)")
        require(topK ?? 1 >= 1, "TokenSampling: topK must be at least 1, found \(topK ?? 1)")
        (self.temperature, self.topK) = (temperature, topK)
    }

    /// A token by these logits; of equal ones the first counts as the likeliest.
    public func token(logits: [Float], random: inout PhiloxGenerator) -> Int32 {
        let order = logits.indices.sorted { logits[$0] > logits[$1] || (logits[$0] == logits[$1] && $0 < $1) }
        guard temperature > 0 else { return Int32(order[0]) }
        let kept = order.prefix(topK ?? order.count)
        let weights = kept.map { exponential(Double((logits[$0] - logits[order[0]]) / temperature)) }
        var left = Double(random.uniform()) * weights.reduce(0, +)
        for (token, weight) in zip(kept, weights) {
            left -= weight
            if left < 0 { return Int32(token) }
        }
        return Int32(kept[kept.endIndex - 1])
    }
}

extension GPT {
    /// Continues `prompt`, at least one token, by `count` tokens, and hands out each as it is chosen.
    ///
    /// Keys and values are kept between tokens; beyond the context only its last tokens are seen.
    public func generate(
        after prompt: [Int32], count: Int, sampling: TokenSampling, random: inout PhiloxGenerator,
        each: (Int32) -> Void
    ) {
        require(!prompt.isEmpty, "GPT.generate: the prompt must have at least one token")
        var tokens = prompt
        var caches = makeCaches()
        for _ in 0..<count {
            if tokens.count > sizes.context { caches = makeCaches() }
            let seen = tokens.suffix(sizes.context).dropFirst(caches[0].count)
            let logits = self(Indices(Array(seen), shape: [1, seen.count]), caches: caches)
            let last = logits.slice((seen.count - 1)..<seen.count, alongAxis: 0).values
            tokens.append(sampling.token(logits: last, random: &random))
            each(tokens[tokens.count - 1])
        }
    }

    private func makeCaches() -> [KeyValueCache] { (0..<sizes.layers).map { _ in KeyValueCache() } }
}
