import Messages

extension SafetensorsHeader {
    /// The header that `text` holds.
    init(text: [UInt8]) throws(Flaw) {
        self.init()
        var scanner = JSONScanner(text)
        guard text.first == UInt8(ascii: "{") else { throw scanner.flaw(expected: "\"{\"") }
        var hasMetadata = false
        try scanner.object { (scanner, name) throws(Flaw) in
            if name != Self.metadataName {
                entries.append(try SafetensorsEntry(name: name, from: &scanner))
                return
            }
            if hasMetadata { throw Flaw(found: "two \(name)", expected: "one") }
            hasMetadata = true
            try scanner.object { (scanner, key) throws(Flaw) in
                metadata.append((key, try scanner.string()))
            }
        }
        try scanner.end()
    }

    /// The bytes at the beginning of a file: the length, then JSON, padded so that the data begins at a multiple of 64.
    func bytes() -> [UInt8] {
        var members = entries.map { entry in
            let extents = entry.shape.map(String.init).joined(separator: ",")
            return "\(entry.name.quoted):{\"dtype\":\"\(entry.type.rawValue)\",\"shape\":[\(extents)],"
                + "\"data_offsets\":[\(entry.bytes.lowerBound),\(entry.bytes.upperBound)]}"
        }
        if !metadata.isEmpty {
            let pairs = metadata.map { "\($0.key.quoted):\($0.value.quoted)" }.joined(separator: ",")
            members.insert("\(Self.metadataName.quoted):{\(pairs)}", at: 0)
        }
        var text = Array("{\(members.joined(separator: ","))}".utf8)
        let unpadded = 8 + text.count
        text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (64 - unpadded % 64) % 64))
        return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text
    }
}

extension SafetensorsEntry {
    fileprivate init(name: String, from scanner: inout JSONScanner) throws(Flaw) {
        var (typeName, shape, offsets): (String?, [Int]?, [Int]?)
        try scanner.object { (scanner, key) throws(Flaw) in
            switch key {
            case "dtype" where typeName == nil: typeName = try scanner.string()
            case "shape" where shape == nil: shape = try scanner.integers()
            case "data_offsets" where offsets == nil: offsets = try scanner.integers()
            default:
                throw Flaw(
                    found: "\(key.debugDescription) in tensor \(name.debugDescription)",
                    expected: "dtype, shape and data_offsets, once each")
            }
        }
        guard let typeName, let shape, let offsets else {
            throw Flaw(
                found: "tensor \(name.debugDescription) with parts missing", expected: "dtype, shape and data_offsets")
        }
        guard let type = ElementType(rawValue: typeName) else {
            let known = ElementType.allCases.map(\.rawValue).joined(separator: ", ")
            throw Flaw(
                found: "dtype \(typeName.debugDescription) in tensor \(name.debugDescription)",
                expected: "one of \(known)")
        }
        guard offsets.count == 2, offsets[0] <= offsets[1] else {
            throw Flaw(found: "data_offsets \(offsets) in tensor \(name.debugDescription)", expected: "[begin, end]")
        }
        self.init(name: name, type: type, shape: shape, bytes: offsets[0]..<offsets[1])
    }
}

extension String {
    /// The JSON string literal of this text.
    fileprivate var quoted: String {
        var text = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"", "\\": text += "\\\(scalar)"
            case "\u{0}"..<" ":
                text += "\\u" + String(scalar.value, radix: 16).zeroPadded(to: 4)
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}
