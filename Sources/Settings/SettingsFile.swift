import Yams

/// The settings that a YAML file gives, each with its line; names may be nested, or dotted as in `optimizer.name: adam`.
public struct SettingsFile: Sendable, Equatable {
    /// Name of the recipe, which every file states.
    public let recipe: String
    /// What the file sets, in its order, ready for `Settings.apply`.
    public let overrides: [SettingOverride]

    /// Reads `text`; messages call it `name`.
    public init(text: String, name: String, _ schema: SettingsSchema) throws(SettingsError) {
        var reader = SettingsReader(file: name, schema)
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
    let schema: SettingsSchema
    let sections: [String]
    var overrides: [SettingOverride] = []
    private var lines: [String: Int] = [:]

    init(file: String, _ schema: SettingsSchema) {
        (self.file, self.schema, sections) = (file, schema, schema.sections)
    }

    mutating func read(_ mapping: Node.Mapping, prefix: String) throws(SettingsError) {
        for (nameNode, node) in mapping {
            let line = nameNode.mark?.line ?? 0
            let source = "\(file) line \(line)"
            guard let name = nameNode.scalar?.string else {
                throw .malformed(place: source, problem: "the name of a setting must be plain text")
            }
            let fullName = prefix + name
            if prefix.isEmpty, sections.contains(name) {
                try readSection(name, node, source: source)
                continue
            }
            let key = try schema.key(named: fullName, source: source)
            let value = try text(of: node, for: key, source: source)
            if let first = lines[fullName] {
                throw .givenTwice(key: fullName, source: "\(file) lines \(first) and \(line)")
            }
            lines[fullName] = line
            // checked here, so that a file is either good or names its line
            var scratch = Settings(schema)
            let override = SettingOverride(key: fullName, value: value, source: source)
            try scratch.apply([override])
            overrides.append(override)
        }
    }

    private mutating func readSection(_ section: String, _ node: Node, source: String) throws(SettingsError) {
        switch node {
        case .mapping(let members): try read(members, prefix: section + ".")
        case .scalar(let scalar) where scalar.isNull: break  // a section with all its lines commented out
        default:
            let example = schema.keys.first { $0.section == section }?.name ?? section
            throw .valueForGroup(section, example: example, source: source)
        }
    }

    /// The value of `key` as `Settings.apply` reads it: a scalar's text, or a list in brackets.
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
