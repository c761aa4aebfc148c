/// A group of settings: a struct of their values, declared in one file beside the code that reads them.
///
///     struct LeafSettings: SettingsGroup {
///         /// Leaves with fewer pixels are left out.
///         var minimumPixels = 100
///
///         static let prefix = "leaf"
///         static let keys: [Setting<Self>] = [
///             Setting("minimum_pixels", \.minimumPixels, .whole(atLeast: 1), "pixels of the smallest leaf")
///         ]
///     }
///
/// Read it as `settings[LeafSettings.self].minimumPixels`; give it a value in a file (`leaf: {minimum_pixels: 50}`), or with
/// `--set leaf.minimum_pixels=50`. A property's initial value is the default.
public protocol SettingsGroup: Sendable, Equatable {
    /// The defaults.
    init()

    /// The part of the names before the dot; empty for settings at the top level.
    static var prefix: String { get }
    /// What the group is about, as the heading of its keys in lists.
    static var title: String { get }
    /// Its settings, in the order of files and lists.
    static var keys: [Setting<Self>] { get }
    /// The value of another setting with which the group is used; nil for always.
    ///
    /// Several groups that are chosen by one setting may declare the same key, each with its own default and bounds.
    static var choice: SettingsChoice? { get }
    /// Whether only recipes and models that name its keys in their `uses` use them.
    static var isUsedByRecipes: Bool { get }

    /// Throws where values of this group do not go together with each other or with those of other groups. Called after each
    /// value was found to be within its own bounds.
    static func check(_ settings: Settings) throws(SettingsError)
}

extension SettingsGroup {
    public static var title: String { prefix }
    public static var choice: SettingsChoice? { nil }
    public static var isUsedByRecipes: Bool { false }
    public static func check(_ settings: Settings) throws(SettingsError) {}

    /// The dotted name of the setting that is called `leaf` within the group.
    static func fullName(_ leaf: String) -> String { prefix.isEmpty ? leaf : "\(prefix).\(leaf)" }
}

/// The value of a setting that chooses a group, such as `optimizer.name` and `adam`.
public struct SettingsChoice: Sendable, Equatable {
    /// Dotted name of the setting that makes the choice.
    public let key: String
    /// Its value, as text.
    public let value: String

    /// The group is used where the setting `key` has this value.
    public init(key: String, value: String) { (self.key, self.value) = (key, value) }
}
