/// The modules and parameters of a generated class of PyTorch, by the components of their names.
struct ModuleTree {
    /// The expression that makes the module or parameter; nil for a container.
    private(set) var expression: String?
    private var isParameter = false
    private var children: [(name: String, tree: ModuleTree)] = []

    /// Adds a module, or a parameter, under a name with dots.
    mutating func add(_ path: [String], _ expression: String, isParameter: Bool = false) {
        guard let name = path.first else {
            (self.expression, self.isParameter) = (expression, isParameter)
            return
        }
        let index = children.firstIndex { $0.name == name } ?? children.count
        if index == children.count { children.append((name, ModuleTree())) }
        children[index].tree.add(Array(path.dropFirst()), expression, isParameter: isParameter)
    }

    /// Whether a module or parameter of this name is there.
    func contains(_ path: [String]) -> Bool {
        guard let name = path.first else { return expression != nil }
        return children.first { $0.name == name }?.tree.contains(Array(path.dropFirst())) ?? false
    }

    /// The expression of the module or parameter of this name.
    func expression(_ path: [String]) -> String? {
        guard let name = path.first else { return expression }
        return children.first { $0.name == name }?.tree.expression(Array(path.dropFirst()))
    }

    private enum Container { case list, dictionary, group }

    private var container: Container {
        if children.enumerated().allSatisfy({ $0.element.name == "\($0.offset)" && !$0.element.tree.isParameter }) {
            return .list
        }
        let isNumbered = children.allSatisfy { Int($0.name) != nil && !$0.tree.isParameter }
        return isNumbered ? .dictionary : .group
    }

    /// Whether a generated file needs the class `Group`, in the containers within this one.
    var hasGroups: Bool {
        children.contains { child in
            child.tree.expression == nil && (child.tree.container == .group || child.tree.hasGroups)
        }
    }

    /// How the module of this name is reached from `self`.
    func access(_ path: [String]) -> String {
        var (text, tree, isRoot) = ("self", self, true)
        for name in path {
            switch isRoot ? .group : tree.container {
            case .group:
                text = Python.isIdentifier(name) ? "\(text).\(name)" : "getattr(\(text), \(Python.text(name)))"
            case .list: text += "[\(name)]"
            case .dictionary: text += "[\"\(name)\"]"
            }
            tree = tree.children.first { $0.name == name }?.tree ?? ModuleTree()
            isRoot = false
        }
        return text
    }

    /// The statements of `__init__`.
    var assignments: [String] {
        children.map { name, tree in
            Python.isIdentifier(name)
                ? "self.\(name) = \(tree.text(indent: 2))"
                : "setattr(self, \(Python.text(name)), \(tree.text(indent: 2)))"
        }
    }

    /// The expression of this module, or of a container of its parts.
    private func text(indent: Int) -> String {
        if let expression { return expression }
        let (inner, outer) = (String(repeating: "    ", count: indent + 1), String(repeating: "    ", count: indent))
        let texts = children.map { $0.tree.text(indent: indent + 1) }
        switch container {
        case .list:
            if texts.count > 1, Set(texts).count == 1 {
                return "nn.ModuleList(\n\(inner)\(texts[0])\n\(inner)for _ in range(\(texts.count)))"
            }
            return "nn.ModuleList([\n" + texts.map { "\(inner)\($0),\n" }.joined() + "\(outer)])"
        case .dictionary:
            let entries = zip(children, texts).map { "\(inner)\"\($0.name)\": \($1),\n" }
            return "nn.ModuleDict({\n" + entries.joined() + "\(outer)})"
        case .group:
            let entries = zip(children, texts).map { child, text in
                Python.isIdentifier(child.name)
                    ? "\(inner)\(child.name)=\(text),\n" : "\(inner)**{\(Python.text(child.name)): \(text)},\n"
            }
            return "Group(\n" + entries.joined() + "\(outer))"
        }
    }
}
