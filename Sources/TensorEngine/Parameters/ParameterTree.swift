import Preconditions

/// The named parameters of a module: parameters, and the trees of the modules within it, in the order of registration.
public struct ParameterTree: ExpressibleByDictionaryLiteral {
    /// A parameter or a tree of them.
    public enum Entry {
        case parameter(Parameter)
        case tree(ParameterTree)
    }

    private var entries: [(name: String, entry: Entry)] = []

    /// A tree without parameters.
    public init() {}

    /// The tree of the given names and parameters or trees.
    public init(dictionaryLiteral elements: (String, any ParameterTreeElement)...) {
        self.init(elements)
    }

    /// The tree of the given names, no two of them equal, and parameters or trees.
    public init(_ elements: [(String, any ParameterTreeElement)]) {
        for (name, element) in elements {
            require(!entries.contains { $0.name == name }, "ParameterTree: two entries are named \(name)")
            entries.append((name, element.parameterTreeEntry))
        }
    }

    /// All parameters, with names such as `layers.0.weight`, in the order of registration. A parameter that is used in two
    /// places stands here once, under its first name.
    public var named: [(name: String, parameter: Parameter)] {
        var seen: Set<ObjectIdentifier> = []
        return flattened(prefix: "").filter { seen.insert(ObjectIdentifier($0.parameter)).inserted }
    }

    private func flattened(prefix: String) -> [(name: String, parameter: Parameter)] {
        entries.flatMap { name, entry -> [(name: String, parameter: Parameter)] in
            switch entry {
            case .parameter(let parameter): [(prefix + name, parameter)]
            case .tree(let tree): tree.flattened(prefix: prefix + name + ".")
            }
        }
    }
}

/// What may stand in a parameter tree.
public protocol ParameterTreeElement {
    /// The value as an entry.
    var parameterTreeEntry: ParameterTree.Entry { get }
}

extension Parameter: ParameterTreeElement {
    /// The parameter as an entry.
    public var parameterTreeEntry: ParameterTree.Entry { .parameter(self) }
}

extension ParameterTree: ParameterTreeElement {
    /// The tree as an entry.
    public var parameterTreeEntry: ParameterTree.Entry { .tree(self) }
}
