/// Settings that a recipe does not use, though others do: by itself, or as long as a setting of its own has another value.
public struct IgnoredSettings: Sendable {
    /// Their names, or whole sections such as `optimizer.*`.
    let selections: [String]
    /// The setting that decides it, such as `evolution.task`, and the values with which they are used; empty where none is.
    let chooser: String
    let alternatives: [String]

    /// Settings that the recipe never uses.
    public init(_ selections: String...) { (self.selections, chooser, alternatives) = (selections, "", []) }

    /// Settings that the recipe uses only where the setting `key` has one of the values `alternatives`.
    public init(_ selections: String..., unless key: String, is alternatives: String...) {
        (self.selections, chooser, self.alternatives) = (selections, key, alternatives)
    }
}
