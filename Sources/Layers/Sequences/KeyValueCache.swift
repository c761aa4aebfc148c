import TensorEngine

/// The keys and values of the tokens so far, so that attention for the next ones need not compute them again.
///
/// For inference; one for each attention layer.
public final class KeyValueCache {
    private var keys, values: Tensor?

    /// A cache of no tokens.
    public init() {}

    /// The number of tokens in it.
    public var count: Int { keys?.shape[1] ?? 0 }

    /// Adds the keys and values of further tokens, [n, t, width], and returns all.
    func append(keys newKeys: Tensor, values newValues: Tensor) -> (keys: Tensor, values: Tensor) {
        let allKeys = keys.map { Tensor.concatenated([$0, newKeys.detached], alongAxis: 1) } ?? newKeys.detached
        let allValues =
            values.map { Tensor.concatenated([$0, newValues.detached], alongAxis: 1) } ?? newValues.detached
        (keys, values) = (allKeys, allValues)
        return (allKeys, allValues)
    }
}
