/// Texts of Python.
enum Python {
    private static let keywords: Set<String> = [
        "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except",
        "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass",
        "raise", "return", "try", "while", "with", "yield", "None", "True", "False", "self",
    ]

    /// What `nn.Module` has itself, so that no part of a module can have the name.
    private static let taken: Set<String> = [
        "forward", "train", "eval", "training", "type", "half", "float", "double", "bfloat16", "to", "cpu", "cuda",
        "xpu",
        "ipu", "mtia", "apply", "parameters", "buffers", "modules", "children", "compile", "extra_repr", "share_memory",
        "zero_grad", "state_dict", "load_state_dict", "add_module", "register_buffer", "register_parameter",
        "register_module", "named_parameters", "named_modules", "named_children", "named_buffers", "get_parameter",
        "get_buffer", "get_submodule", "set_submodule", "get_extra_state", "set_extra_state", "requires_grad_",
        "call_super_init", "dump_patches", "T_destination", "to_empty", "append", "extend", "insert", "pop", "keys",
        "values", "items", "clear", "update",
    ]

    /// Whether `name` can be written as `.name`.
    static func isIdentifier(_ name: String) -> Bool { !name.isEmpty && identifier(name) == name }

    /// A name for a variable: `name` itself where it can be.
    static func identifier(_ name: String) -> String {
        var text = String(
            name.unicodeScalars.map { scalar -> Character in
                let isPlain =
                    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
                return isPlain ? Character(scalar) : "_"
            })
        if text.first.map({ $0.isNumber }) ?? true { text = "_" + text }
        return keywords.contains(text) ? text + "_" : text
    }

    /// The name of a tensor, with an underscore behind components that a module cannot have.
    static func components(_ name: String) -> [String] {
        name.split(separator: ".").map { taken.contains(String($0)) ? "\($0)_" : String($0) }
    }

    /// A class's name: `generator` as `Generator`, `my-model` as `MyModel`.
    static func className(_ name: String) -> String {
        identifier(
            name.split { !$0.isLetter && !$0.isNumber }.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined())
    }

    /// A number.
    static func number(_ value: Float) -> String {
        if value.isInfinite { return value > 0 ? "float(\"inf\")" : "-float(\"inf\")" }
        return value.isNaN ? "float(\"nan\")" : "\(value)"
    }

    /// One number where all are the same, else a tuple.
    static func extent(_ values: [Int]) -> String {
        Set(values).count == 1 ? "\(values[0])" : "(\(values.map { "\($0)" }.joined(separator: ", ")))"
    }

    static func tuple(_ values: [Int]) -> String {
        values.count == 1 ? "(\(values[0]),)" : "(\(values.map { "\($0)" }.joined(separator: ", ")))"
    }

    /// A string literal.
    static func text(_ value: String) -> String {
        var text = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"", "\\": text += "\\\(scalar)"
            case "\n": text += "\\n"
            case "\u{0}"..<" ", "\u{7F}":
                text += "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }

    /// Text that can be in a docstring or a comment.
    static func prose(_ text: String) -> String {
        String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\"" || $0 == "\\" ? "'" : $0 < " " ? " " : $0 }))
    }
}
