import Foundation
import Kernels
import Training

/// One setting that a search varies, with the values it takes.
struct SearchDimension: Sendable, Equatable {
    /// Dotted name of the setting.
    let key: String
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
        if let scale = NumberDistribution.Scale.allCases.first(where: { text.trimmed.hasPrefix("\($0.rawValue):") }) {
            throw SearchError.distributionInGrid(key.name, scale: scale.rawValue)
        }
        return SearchDimension(
            key: key.name, text: text, values: .grid(try values(text, of: key, schema, source: "--grid")))
    }

    /// Reads `KEY=log:LOW:HIGH`, `KEY=uniform:LOW:HIGH`, `KEY=int:LOW:HIGH` or `KEY=VALUE,VALUE…`.
    static func random(_ assignment: String, _ schema: SettingsSchema) throws -> SearchDimension {
        let (key, text) = try parts(
            of: assignment, schema, source: "--random", example: "optimizer.weight_decay=log:1e-5:1e-2")
        if let numbers = try NumberDistribution(text, key: key.name) {
            for bound in numbers.bounds {
                var settings = Settings(schema)
                try key.set(bound, in: &settings, source: "--random")
            }
            return SearchDimension(key: key.name, text: text, values: .number(numbers))
        }
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
        let place = Double(generator.next() >> 11) * 0x1p-53
        switch values {
        case .grid(let values), .choice(let values):
            return values[min(Int(place * Double(values.count)), values.count - 1)]
        case .number(let distribution): return distribution.text(at: place)
        }
    }
}

/// How a random number is drawn between two bounds.
struct NumberDistribution: Sendable, Equatable {
    enum Scale: String, Sendable, CaseIterable { case uniform, log, int }

    let scale: Scale
    let low, high: Double

    /// Reads `SCALE:LOW:HIGH`; nil when `text` does not begin with the name of a scale.
    init?(_ text: String, key: String) throws {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { String($0).trimmed }
        guard let scale = Scale(rawValue: parts[0]), parts.count > 1 else { return nil }
        guard parts.count == 3, DecimalText(parts[1]) != nil, DecimalText(parts[2]) != nil,
            let low = Double(parts[1]), let high = Double(parts[2]), low < high, high - low < .infinity
        else {
            throw SearchError.badDistribution(
                text, key: key, requirement: "\(scale.rawValue):LOW:HIGH with LOW below HIGH")
        }
        if scale == .log, low <= 0 {
            throw SearchError.badDistribution(text, key: key, requirement: "log:LOW:HIGH with LOW above 0")
        }
        if scale == .int, low != low.rounded() || high != high.rounded() || max(abs(low), abs(high)) > 0x1p53 {
            throw SearchError.badDistribution(text, key: key, requirement: "int:LOW:HIGH with whole numbers")
        }
        (self.scale, self.low, self.high) = (scale, low, high)
    }

    /// The two numbers of a text such as `0.5:0.95`, which lacks the name of a scale.
    static func bareBounds(_ text: String) -> (low: String, high: String)? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { String($0).trimmed }
        guard parts.count == 2, parts.allSatisfy({ DecimalText($0) != nil }) else { return nil }
        return (parts[0], parts[1])
    }

    /// The bounds as the setting would be given them.
    var bounds: [String] { [low, high].map { scale == .int ? "\(Int($0))" : "\($0)" } }

    /// The number at `place` in [0, 1): whole, or of six significant digits.
    func text(at place: Double) -> String {
        switch scale {
        case .int: return "\(Int(min(high, low + (place * (high - low + 1)).rounded(.down))))"
        case .uniform: return digits(low + place * (high - low))
        case .log: return digits(exp(log(low) + place * (log(high) - log(low))))
        }
    }

    private func digits(_ value: Double) -> String {
        let rounded = Double(String(format: "%.6g", value)) ?? value
        return "\(min(max(rounded, low), high))"
    }
}
