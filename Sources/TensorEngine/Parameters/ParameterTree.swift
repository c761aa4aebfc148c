import Preconditions

/// The named parameters and running statistics of a model and, as nested trees, of its parts, in the order of
/// registration. PyTorch's `state_dict`, by reference.
public struct ParameterTree: ExpressibleByDictionaryLiteral {
    /// A parameter, a statistic, or a tree of them.
    public enum Entry {
        case parameter(Parameter)
        case statistic(RunningStatistic)
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

    /// All parameters, with names such as `layers.0.weight`, in the order of registration. A parameter that is used
    /// twice is listed once, under its first name.
    public var named: [(name: String, parameter: Parameter)] {
        unique { if case .parameter(let parameter) = $0 { parameter } else { nil } }.map { (name: $0, parameter: $1) }
    }

    /// All running statistics with their names, in the order of registration, each once.
    public var namedStatistics: [(name: String, statistic: RunningStatistic)] {
        unique { if case .statistic(let statistic) = $0 { statistic } else { nil } }.map { (name: $0, statistic: $1) }
    }

    private func unique<Element: AnyObject>(_ element: (Entry) -> Element?) -> [(String, Element)] {
        var seen: Set<ObjectIdentifier> = []
        return leaves(prefix: "").compactMap { name, entry in element(entry).map { (name, $0) } }
            .filter { seen.insert(ObjectIdentifier($0.1)).inserted }
    }

    private func leaves(prefix: String) -> [(name: String, entry: Entry)] {
        entries.flatMap { name, entry -> [(name: String, entry: Entry)] in
            if case .tree(let tree) = entry { return tree.leaves(prefix: prefix + name + ".") }
            return [(prefix + name, entry)]
        }
    }
}

/// An entry of a parameter tree: a parameter, a running statistic, a tree, or a model.
public protocol ParameterTreeElement {
    /// The value as an entry of a tree.
    var parameterTreeEntry: ParameterTree.Entry { get }
}

extension Parameter: ParameterTreeElement {
    public var parameterTreeEntry: ParameterTree.Entry { .parameter(self) }
}

extension ParameterTree: Parameterized {
    /// The tree itself.
    public var parameters: ParameterTree { self }
}

extension RunningStatistic: ParameterTreeElement {
    public var parameterTreeEntry: ParameterTree.Entry { .statistic(self) }
}
