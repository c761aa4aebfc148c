import Foundation

/// A value in a line of `metrics.jsonl`.
enum JSONScalar {
    case whole(Int)
    case wholes([Int])
    /// All digits, for what is compared between runs.
    case number(Double)
    /// Three decimals, for times and rates.
    case rounded(Double)
    case text(String)
    /// An object, its fields sorted by name.
    case numbers([String: Double])
    case texts([String])
    case flag(Bool)
    /// JSON objects that are written already.
    case objects([String])

    /// The value as JSON; numbers that JSON does not know become the texts `nan`, `inf` and `-inf`.
    var json: String {
        switch self {
        case .whole(let value): return "\(value)"
        case .wholes(let values): return "[" + values.map(String.init).joined(separator: ",") + "]"
        case .flag(let value): return "\(value)"
        case .texts(let texts): return "[" + texts.map { JSONScalar.text($0).json }.joined(separator: ",") + "]"
        case .objects(let objects): return "[" + objects.joined(separator: ",") + "]"
        case .rounded(let value):
            return JSONScalar.number(value.magnitude < 1e12 ? (value * 1000).rounded() / 1000 : value).json
        case .number(let value) where value.isNaN: return "\"nan\""
        case .number(let value) where value.isInfinite: return value > 0 ? "\"inf\"" : "\"-inf\""
        case .number(let value): return "\(value)"
        case .numbers(let values):
            let fields = values.sorted { $0.key < $1.key }.map { name, value in
                JSONScalar.text(name).json + ":" + JSONScalar.number(value).json
            }
            return "{" + fields.joined(separator: ",") + "}"
        case .text(let text):
            let escaped = text.unicodeScalars.map { scalar in
                switch scalar {
                case "\"", "\\": "\\\(scalar)"
                case "\u{0}"..."\u{1f}": String(format: "\\u%04x", scalar.value)
                default: String(scalar)
                }
            }
            return "\"" + escaped.joined() + "\""
        }
    }
}

/// A JSON object on one line, its fields in a chosen order: `JSONEncoder` sorts them or leaves their order to chance.
func jsonLine(_ fields: KeyValuePairs<String, JSONScalar?>) -> String {
    let present = fields.compactMap { name, value in value.map { "\"\(name)\":\($0.json)" } }
    return "{" + present.joined(separator: ",") + "}"
}
