import Foundation
import Kernels
package import Training

/// One setting that a search varies, with the values it takes.
package struct SearchDimension: Sendable, Equatable {
    /// Dotted name of the setting.
    package let key: String
    /// As it was given, after the `=`.
    let text: String
    let values: Values

    enum Values: Sendable, Equatable {
        /// Each in turn, combined with those of all other grids.
        case grid([String])
        /// One of these by chance, all equally likely.
        case choice([String])
        /// A number by chance.
        case number(NumberDistribution)
        /// A list of integers by chance.
        case list(ListDistribution)
    }

    var isRandom: Bool {
        if case .grid = values { false } else { true }
    }

    /// Settings that a search decides itself, or that would change what is compared.
    private static let excluded = ["recipe", "shards", "threads"]

    /// Reads `KEY=VALUE,VALUE…`, each value as `--set` takes it; a list stands in brackets.
    static func grid(_ assignment: String, _ schema: SettingsSchema) throws -> SearchDimension {
        let (key, text) = try parts(
            of: assignment, schema, source: "--grid", example: "optimizer.learning_rate=0.1,0.01")
        let scales = NumberDistribution.Scale.allCases.map(\.rawValue) + ["list"]
        if let scale = scales.first(where: { text.trimmed.hasPrefix("\($0):") }) {
            throw SearchError.distributionInGrid(key.name, scale: scale)
        }
        return SearchDimension(
            key: key.name, text: text, values: .grid(try values(text, of: key, schema, source: "--grid")))
    }

    /// Reads `KEY=log:LOW:HIGH`, `KEY=uniform:LOW:HIGH`, `KEY=int:LOW:HIGH`, `KEY=list:SHORTEST:LONGEST:LOW:HIGH` or
    /// `KEY=VALUE,VALUE…`.
    package static func random(_ assignment: String, _ schema: SettingsSchema) throws -> SearchDimension {
        let (key, text) = try parts(
            of: assignment, schema, source: "--random", example: "optimizer.weight_decay=log:1e-5:1e-2")
        func dimension(_ values: Values, _ bounds: [String]) throws -> SearchDimension {
            for bound in bounds {
                var settings = Settings(schema)
                try key.set(bound, in: &settings, source: "--random")
            }
            return SearchDimension(key: key.name, text: text, values: values)
        }
        if let numbers = try NumberDistribution(text, key: key.name) {
            return try dimension(.number(numbers), numbers.bounds)
        }
        if let list = try ListDistribution(text, key: key.name) { return try dimension(.list(list), list.bounds) }
        if let (low, high) = NumberDistribution.bareBounds(text) {
            throw SearchError.noScale(text, key: key.name, low: low, high: high)
        }
        return SearchDimension(
            key: key.name, text: text, values: .choice(try values(text, of: key, schema, source: "--random")))
    }

    private static func parts(
        of assignment: String, _ schema: SettingsSchema, source: String, example: String
    ) throws -> (SettingKey, String) {
        let override = try SettingOverride(assignment: assignment, source: source)
        let key = try schema.key(named: override.key, source: source)
        guard !excluded.contains(key.name) else {
            throw SearchError.fixedKey(key.name, source: source)
        }
        return (key, override.value)
    }

    /// The values in the form that the setting writes them; a value that stands there twice is a mistake.
    private static func values(
        _ text: String, of key: SettingKey, _ schema: SettingsSchema, source: String
    ) throws -> [String] {
        var values: [String] = []
        for item in splitOutsideBrackets(text) {
            var settings = Settings(schema)
            try key.set(item, in: &settings, source: source)
            let value = key.text(in: settings)
            guard !values.contains(value) else { throw SearchError.repeated(value, key: key.name, source: source) }
            values.append(value)
        }
        return values
    }

    private static func splitOutsideBrackets(_ text: String) -> [String] {
        var items = [""]
        var depth = 0
        for character in text {
            depth += character == "[" ? 1 : character == "]" ? -1 : 0
            if character == "," && depth == 0 { items.append("") } else { items[items.count - 1].append(character) }
        }
        return items.map(\.trimmed)
    }

    /// The value of draw number `draw`: a function of these two and the key alone.
    func value(seed: UInt64, draw: Int) -> String {
        // a further random setting does not change what the others draw
        var generator = PhiloxGenerator(seed: seed, purpose: .search, stream: UInt64(draw) << 32 | UInt64(key.fnv1a))
        return drawn(&generator)
    }

    /// A value of the distribution.
    func drawn(_ random: inout PhiloxGenerator) -> String {
        switch values {
        case .grid(let values), .choice(let values):
            return values[min(Int(random.fraction() * Double(values.count)), values.count - 1)]
        case .number(let distribution): return distribution.text(at: random.fraction())
        case .list(let list): return list.drawn(&random)
        }
    }
}
