import Preconditions

/// Which settings there are: the groups of the program, of its recipes and of its optimizers.
public struct SettingsSchema: Sendable {
    /// The groups, in the order of files and lists.
    public let groups: [any SettingsGroup.Type]
    /// One description of each setting, in that order; of those that several groups declare, the first.
    public let keys: [SettingKey]
    private let byName: [String: [SettingKey]]
    /// By the name of an earlier version: what the setting, or those that it became, are called now.
    private let renamed: [String: [String]]
    /// By a name that people know a setting by: its dotted name.
    package let aliases: [String: String]
    /// By group: the names of the recipes that it belongs to, where it belongs to recipes.
    private let recipes: [ObjectIdentifier: [String]]

    /// The settings of these groups; one that comes twice counts once.
    ///
    /// Settings of different groups have different names, unless a choice (`SettingsGroup.choice`) decides between the groups.
    /// - Parameter recipes: the names of the recipes that a group belongs to.
    public init(
        _ groups: [any SettingsGroup.Type], recipes: [(group: any SettingsGroup.Type, recipe: String)] = []
    ) {
        var unique: [any SettingsGroup.Type] = []
        for group in groups where !unique.contains(where: { $0 == group }) { unique.append(group) }
        self.groups = unique
        let all = unique.flatMap { Self.keys($0, among: unique) }
        byName = Dictionary(grouping: all, by: \.name)
        for (name, keys) in byName where keys.count > 1 {
            let first = keys[0]
            require(
                keys.allSatisfy { $0.choice != nil && $0.choice?.key == first.choice?.key },
                "SettingsSchema: \(name) is declared by \(keys.map { "\($0.group)" }), expected one group, or a choice")
            require(
                Set(keys.map { $0.choice?.value ?? "" }).count == keys.count
                    && keys.allSatisfy { $0.valueType == first.valueType },
                "SettingsSchema: \(name) of \(keys.map { "\($0.group)" }) must have one type, and different choices")
        }
        var seen: Set<String> = []
        // settings of one section stand together, whichever group declares them
        let first = all.filter { seen.insert($0.name).inserted }
        var sections: [String] = []
        for key in first where !sections.contains(key.section ?? key.name) { sections.append(key.section ?? key.name) }
        let bySection = Dictionary(grouping: first) { $0.section ?? $0.name }
        keys = sections.flatMap { bySection[$0] ?? [] }
        var (renamed, aliases): ([String: [String]], [String: String]) = ([:], [:])
        for key in all {
            for name in key.formerNames where renamed[name]?.contains(key.name) != true {
                renamed[name, default: []].append(key.name)
            }
            for alias in key.aliases { aliases[alias] = key.name }
        }
        (self.renamed, self.aliases) = (renamed, aliases)
        self.recipes = Dictionary(grouping: recipes) { ObjectIdentifier($0.group) }.mapValues { $0.map(\.recipe) }
    }

    private static func keys<Group: SettingsGroup>(
        _ group: Group.Type, among groups: [any SettingsGroup.Type]
    ) -> [SettingKey] {
        Group.keys.map { SettingKey($0, among: groups) }
    }

    /// Whether a group is among these.
    public func contains(_ group: any SettingsGroup.Type) -> Bool { groups.contains { $0 == group } }

    /// The sections of names that YAML files may nest, in order.
    var sections: [String] {
        keys.compactMap(\.section).reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    }

    /// The descriptions of the setting `name` by the groups that declare it; empty where none does.
    func declarations(of name: String) -> [SettingKey] { byName[name] ?? [] }

    /// The names of the settings that `name` stands for: itself, or what became of it since an earlier version.
    func names(for name: String) -> [String] { byName[name] == nil ? renamed[name] ?? [] : [name] }

    /// The setting with this dotted name, or that had it in an earlier version; `source` names where the name stands.
    public func key(named name: String, source: String) throws(SettingsError) -> SettingKey {
        guard let key = names(for: name).first.flatMap({ declarations(of: $0).first }) else {
            throw .unknownKey(name, source: source, nearest: nearest(to: name))
        }
        return key
    }

    /// The recipes that the group of `key` belongs to; nil where it belongs to none.
    package func recipes(of key: SettingKey) -> [String]? { recipes[ObjectIdentifier(key.group)] }

    /// Whether the group of `key` belongs to other recipes than the one of this name.
    func isOfOtherRecipe(_ key: SettingKey, recipe: String) -> Bool {
        guard !recipe.isEmpty, let owners = recipes(of: key) else { return false }
        return !owners.contains(recipe)
    }
}
