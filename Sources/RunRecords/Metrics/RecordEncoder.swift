import Foundation
import Messages

/// An `Encoder` that writes a JSON object on one line, its fields in the order in which they are encoded.
///
/// `JSONEncoder` sorts the fields or leaves their order undefined. Numbers that JSON lacks become the texts `nan`,
/// `inf` and `-inf`; fields that are nil are left out; those that their `RecordKey` says are rounded to three
/// decimals.
struct RecordEncoder: Encoder {
    /// A JSON value while it is encoded: a scalar, or the parts of an object or an array.
    private final class Value {
        var (open, parts, close): (String, [(name: String?, value: Value)], String) = ("", [], "")

        var text: String {
            open
                + parts.map { part in (part.name.map { $0.jsonText + ":" } ?? "") + part.value.text }
                .joined(separator: ",") + close
        }
    }

    private let value: Value
    private let isRounded: Bool
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    private init(_ value: Value, isRounded: Bool = false) { (self.value, self.isRounded) = (value, isRounded) }

    /// `record` as JSON.
    static func json(_ record: some Encodable) -> String {
        let encoder = RecordEncoder(Value())
        do {
            try encoder.encode(record)
        } catch {
            // only an `encode(to:)` that throws by itself comes here, and no record has one
            preconditionFailure("RecordEncoder: \(record) does not encode itself: \(error)")
        }
        return encoder.value.text
    }

    private func encode(_ content: some Encodable) throws {
        switch content {
        case let number as Double:
            value.open = (isRounded && number.magnitude < 1e12 ? (number * 1000).rounded() / 1000 : number).jsonText
        case let number as Float: value.open = Double(number).jsonText
        case let text as String: value.open = text.jsonText
        case let flag as Bool: value.open = "\(flag)"
        case let whole as any BinaryInteger: value.open = "\(whole)"
        case let numbers as [String: Double]:
            (value.open, value.close) = ("{", "}")
            for (name, number) in numbers.sorted(by: { $0.key < $1.key }) { try child(name).encode(number) }
        default: try content.encode(to: self)
        }
    }

    /// The encoder of the next part.
    private func child(_ name: String?, isRounded: Bool = false) -> RecordEncoder {
        let part = Value()
        value.parts.append((name, part))
        return RecordEncoder(part, isRounded: isRounded)
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        (value.open, value.close) = ("{", "}")
        return KeyedEncodingContainer(Fields(encoder: self))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        (value.open, value.close) = ("[", "]")
        return Elements(encoder: self)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { Scalar(encoder: self) }

    /// The fields of an object.
    private struct Fields<Key: CodingKey>: KeyedEncodingContainerProtocol {
        let encoder: RecordEncoder
        var codingPath: [any CodingKey] { [] }

        private func child(_ key: some CodingKey) -> RecordEncoder {
            encoder.child(key.stringValue, isRounded: (key as? any RecordKey)?.isRounded ?? false)
        }
        func encodeNil(forKey key: Key) { child(key).value.open = "null" }
        func encode(_ content: some Encodable, forKey key: Key) throws { try child(key).encode(content) }
        func nestedContainer<Nested>(keyedBy type: Nested.Type, forKey key: Key) -> KeyedEncodingContainer<Nested> {
            child(key).container(keyedBy: type)
        }
        func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { child(key).unkeyedContainer() }
        func superEncoder() -> any Encoder { encoder.child("super") }
        func superEncoder(forKey key: Key) -> any Encoder { child(key) }
    }

    /// The elements of an array.
    private struct Elements: UnkeyedEncodingContainer {
        let encoder: RecordEncoder
        var codingPath: [any CodingKey] { [] }
        var count: Int { encoder.value.parts.count }

        func encodeNil() { encoder.child(nil).value.open = "null" }
        func encode(_ content: some Encodable) throws { try encoder.child(nil).encode(content) }
        func nestedContainer<Key>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
            encoder.child(nil).container(keyedBy: type)
        }
        func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { encoder.child(nil).unkeyedContainer() }
        func superEncoder() -> any Encoder { encoder.child(nil) }
    }

    /// A value by itself.
    private struct Scalar: SingleValueEncodingContainer {
        let encoder: RecordEncoder
        var codingPath: [any CodingKey] { [] }

        func encodeNil() { encoder.value.open = "null" }
        func encode(_ content: some Encodable) throws { try encoder.encode(content) }
    }
}

extension Double {
    /// The number as JSON, with all digits; those that JSON lacks as texts.
    fileprivate var jsonText: String {
        nonFiniteText.map { "\"\($0)\"" } ?? "\(self)"
    }
}

extension String {
    /// The text as a JSON string, in quotes.
    package var jsonText: String {
        let escaped = unicodeScalars.map { scalar in
            switch scalar {
            case "\"", "\\": "\\\(scalar)"
            case "\u{0}"..."\u{1f}": String(format: "\\u%04x", scalar.value)
            default: String(scalar)
            }
        }
        return "\"" + escaped.joined() + "\""
    }
}
