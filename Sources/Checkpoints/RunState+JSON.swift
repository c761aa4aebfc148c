import FoundationEssentials

extension RunState {
    /// The text of `state.json`: keys sorted, so that equal states have equal bytes.
    func json() -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            return try Array(encoder.encode(self)) + [UInt8(ascii: "\n")]
        } catch {
            fatalError("RunState: numbers and strings are always JSON, yet: \(error)")
        }
    }

    /// The state in the bytes of `state.json`, read from `path`.
    init(json: [UInt8], path: String) throws(CheckpointError) {
        struct Format: Decodable { let formatVersion: Int }
        let data = Data(json)
        do {
            let format = try JSONDecoder().decode(Format.self, from: data).formatVersion
            guard format == Self.currentFormatVersion else {
                throw CheckpointError.unusable(
                    path: path, found: "checkpoint format \(format)",
                    expected: "format \(Self.currentFormatVersion), which this version of Lockstep writes")
            }
            self = try JSONDecoder().decode(RunState.self, from: data)
        } catch let error as CheckpointError {
            throw error
        } catch let error as DecodingError {
            throw .unusable(path: path, found: error.summary, expected: "a run state in JSON")
        } catch {
            throw .unusable(path: path, found: "\(error)", expected: "a run state in JSON")
        }
    }
}

extension DecodingError {
    fileprivate var summary: String {
        func place(_ context: Context) -> String { context.codingPath.map(\.stringValue).joined(separator: ".") }
        switch self {
        case .keyNotFound(let key, _): return "no \"\(key.stringValue)\""
        case .typeMismatch(let type, let context): return "a \"\(place(context))\" that is no \(type)"
        case .valueNotFound(_, let context): return "no value for \"\(place(context))\""
        case .dataCorrupted(let context) where context.codingPath.isEmpty: return "text that is not JSON"
        case .dataCorrupted(let context): return "an unreadable \"\(place(context))\""
        @unknown default: return "\(self)"
        }
    }
}
