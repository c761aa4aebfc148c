import Checkpoints

/// The members of an object in a tokenizer's file, each of which is asked for once.
struct JSONMembers {
    /// Where the object is, such as `model`.
    let place: String
    private let members: [(name: String, value: JSONValue)]

    init(_ value: JSONValue, of place: String) throws(Flaw) {
        guard case .object(let members) = value else {
            throw Flaw(found: "\(place) that is no object", expected: "an object in braces")
        }
        (self.members, self.place) = (members, place)
        // few members, but of a vocabulary, which is not read by this type
        var names: Set<String> = []
        for member in members where !names.insert(member.name).inserted {
            throw Flaw(found: "\(member.name.debugDescription) twice in \(place)", expected: "each name once")
        }
    }

    /// The value of a name; nil where there is none, or null.
    func value(_ name: String) -> JSONValue? {
        guard let value = members.first(where: { $0.name == name })?.value else { return nil }
        if case .null = value { return nil }
        return value
    }

    /// The object of a name; nil where there is none.
    func object(_ name: String) throws(Flaw) -> JSONMembers? {
        guard let value = value(name) else { return nil }
        return try JSONMembers(value, of: "\(place) \(name)")
    }

    /// The text of a name; nil where there is none.
    func text(_ name: String) throws(Flaw) -> String? {
        guard let value = value(name) else { return nil }
        guard case .string(let text) = value else { throw flaw(name, "a text") }
        return text
    }

    /// The flag of a name, or `usual` where there is none.
    func flag(_ name: String, _ usual: Bool) throws(Flaw) -> Bool {
        guard let value = value(name) else { return usual }
        guard case .boolean(let flag) = value else { throw flaw(name, "true or false") }
        return flag
    }

    /// The whole number of a name; nil where there is none.
    func whole(_ name: String) throws(Flaw) -> Int? {
        guard let value = value(name) else { return nil }
        guard let number = value.whole else { throw flaw(name, "a whole number of 0 or more") }
        return number
    }

    /// The elements of a list; nil where there is none.
    func list(_ name: String) throws(Flaw) -> [JSONValue]? {
        guard let value = value(name) else { return nil }
        guard case .array(let elements) = value else { throw flaw(name, "a list") }
        return elements
    }

    /// The name of the kind of thing that this object describes.
    var type: String {
        get throws(Flaw) {
            guard let type = try text("type") else { throw flaw("type", "a type in \(place)") }
            return type
        }
    }

    /// What is wrong with the value of a name.
    func flaw(_ name: String, _ expected: String) -> Flaw {
        Flaw(found: value(name) == nil ? "no \(place) \(name)" : "another \(place) \(name)", expected: expected)
    }
}

extension JSONValue {
    /// The whole number that this is, from 0 to 2³¹ - 1; nil if it is none.
    var whole: Int? {
        guard case .number(let number) = self, number >= 0, number < 0x1p31, number == number.rounded() else {
            return nil
        }
        return Int(number)
    }
}
