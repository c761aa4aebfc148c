import Foundation

/// The tokens and merges that were learned, as a `tokenizer.json`.
struct TrainedTokenizer {
    let tokens: [[UInt8]]
    let merges: [(left: Int32, right: Int32)]
    /// The special tokens, which are the first.
    let special: [String]

    /// The tokenizer of these tokens and merges.
    var tokenizer: Tokenizer {
        var ids = TokenIds()
        // of special tokens that are equal, or a byte, the first stands
        for (id, token) in tokens.enumerated() { _ = ids.add(token, id: Int32(id)) }
        let ranks = merges.enumerated().compactMap { rank, pair -> (UInt64, BytePairEncoding.Merge)? in
            ids.id(of: tokens[Int(pair.left)] + tokens[Int(pair.right)]).map {
                (BytePairEncoding.key(pair.left, pair.right), BytePairEncoding.Merge(rank: Int32(rank), id: $0))
            }
        }
        let model = BytePairEncoding(tokens: ids, merges: Dictionary(ranks) { _, last in last })
        let added = special.enumerated().map {
            AddedToken(
                id: Int32($0.offset), content: $0.element, isSpecial: true, isSingleWord: false, stripsLeft: false,
                stripsRight: false, isNormalized: false)
        }
        return Tokenizer(
            added: added, normalizers: [], preTokenizers: [.byteLevel(addsPrefixSpace: false, usesExpression: true)],
            model: .bytePairs(model), decoder: .byteLevel, template: ([], []), json: json)
    }

    /// The file's content, as the Python package writes it.
    private var json: String {
        let added = special.enumerated().map { id, content in
            "    {\"id\": \(id), \"content\": \(Self.quoted(content)), \"single_word\": false, \"lstrip\": false, "
                + "\"rstrip\": false, \"normalized\": false, \"special\": true}"
        }
        let names = tokens.map { Self.quoted(String(decoding: $0, as: UTF8.self)) }
        let vocabulary = names.enumerated().map { "      \($0.element): \($0.offset)" }
        let pairs = merges.map { "      [\(names[Int($0.left)]), \(names[Int($0.right)])]" }
        return """
            {
              "version": "1.0",
              "truncation": null,
              "padding": null,
              "added_tokens": [
            \(added.joined(separator: ",\n"))
              ],
              "normalizer": null,
              "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
              "post_processor": null,
              "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
              "model": {
                "type": "BPE",
                "dropout": null,
                "unk_token": null,
                "continuing_subword_prefix": null,
                "end_of_word_suffix": null,
                "fuse_unk": false,
                "byte_fallback": false,
                "ignore_merges": false,
                "vocab": {
            \(vocabulary.joined(separator: ",\n"))
                },
                "merges": [
            \(pairs.joined(separator: ",\n"))
                ]
              }
            }

            """
    }

    /// The text as a JSON string.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case "\u{0}"..<" ": result += String(format: "\\u%04x", scalar.value)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
