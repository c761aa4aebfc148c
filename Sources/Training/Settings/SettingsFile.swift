import Checkpoints
import Yams

/// The settings that a YAML file gives, each with its line; keys may be nested, or dotted as in `optimizer.name: adam`.
public struct SettingsFile: Sendable, Equatable {
    /// Name of the recipe, which every file states.
    public let recipe: String
    /// What the file sets, in its order, ready for `Settings.apply`.
    public let overrides: [SettingOverride]

    /// Reads the file at `path`.
    public init(path: String) throws(SettingsError) {
        let bytes: [UInt8]
        do {
            bytes = try InputFile(path: path).contents(limit: SettingsText.longest)
        } catch {
            throw SettingsError(error, file: path)
        }
        try self.init(text: SettingsText.decode(bytes, file: path), name: path)
    }

    /// Reads `text`; messages call it `name`.
    public init(text: String, name: String) throws(SettingsError) {
        var reader = SettingsReader(file: name)
        switch try SettingsFile.root(of: text, file: name) {
        case .mapping(let mapping)?: try reader.read(mapping, prefix: "")
        case nil: break
        case .some: throw .malformed(place: name, problem: "expected lines of the form 'key: value'")
        }
        guard let recipe = reader.overrides.first(where: { $0.key == "recipe" }) else {
            throw .missingRecipe(file: name)
        }
        self.recipe = recipe.value
        overrides = reader.overrides
    }

    private static func root(of text: String, file: String) throws(SettingsError) -> Node? {
        try SettingsText.check(text, file: file)
        do {
            return try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw SettingsError(error, file: file)
        } catch {
            throw .malformed(place: file, problem: "it is not valid YAML")
        }
    }
}

/// Walks the nodes of a file and collects its values.
private struct SettingsReader {
    let file: String
    var overrides: [SettingOverride] = []
    private var lines: [String: Int] = [:]

    init(file: String) { self.file = file }

    mutating func read(_ mapping: Node.Mapping, prefix: String) throws(SettingsError) {
        for (nameNode, node) in mapping {
            let line = nameNode.mark?.line ?? 0
            let source = "\(file) line \(line)"
            guard let name = nameNode.scalar?.string else {
                throw .malformed(place: source, problem: "the name of a setting must be plain text")
            }
            let fullName = prefix + name
            if prefix.isEmpty, Settings.groups.contains(name) {
                try readGroup(name, node, source: source)
                continue
            }
            let key = try Settings.key(named: fullName, source: source)
            let value = try text(of: node, for: key, source: source)
            if let first = lines[fullName] {
                throw .givenTwice(key: fullName, source: "\(file) lines \(first) and \(line)")
            }
            lines[fullName] = line
            // checked here, so that a file is either good or names its line
            var scratch = Settings()
            try key.set(value, in: &scratch, source: source)
            overrides.append(SettingOverride(key: fullName, value: value, source: source))
        }
    }

    private mutating func readGroup(_ group: String, _ node: Node, source: String) throws(SettingsError) {
        switch node {
        case .mapping(let members): try read(members, prefix: group + ".")
        case .scalar(let scalar) where scalar.isNull: break  // a group with all its lines commented out
        default:
            let example = Settings.keys.first { $0.group == group }?.name ?? group
            throw .valueForGroup(group, example: example, source: source)
        }
    }

    /// The value of `key` as `SettingKey.set` reads it: a scalar's text, or a list in brackets.
    private func text(of node: Node, for key: SettingKey, source: String) throws(SettingsError) -> String {
        let expected = key.kind.isList ? "a list of values" : "a single value"
        func refused(_ found: String) -> SettingsError {
            .malformed(place: source, problem: "found \(found) for \(key.name), expected \(expected)")
        }
        switch node {
        case .scalar(let scalar): return scalar.isNull ? absent : scalar.string
        case .sequence(let sequence) where key.kind.isList:
            let items = sequence.compactMap(\.scalar?.string)
            guard items.count == sequence.count else { throw refused("a list of lists or mappings") }
            return "[" + items.joined(separator: ", ") + "]"
        case .sequence: throw refused("a list")
        case .mapping: throw refused("a mapping")
        case .alias: throw refused("an alias")
        }
    }
}

extension Node.Scalar {
    /// Whether the scalar is YAML's null: nothing, `~` or `null`, without quotes.
    fileprivate var isNull: Bool { style == .plain && ["", "~", "null", "Null", "NULL"].contains(string) }
}
