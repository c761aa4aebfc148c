import Layers

/// The variables of a generated function: one whose value is used no more takes the next one.
struct PythonVariables {
    private var names: [Int: String] = [:]
    /// The last node that uses each value; of outputs none comes after.
    private var lastUses: [Int: Int] = [:]
    private var inputs: Set<String> = []

    init(_ graph: ModelGraph, _ function: ExportedFunction) {
        for (value, input) in zip(graph.inputs, function.inputs) {
            names[value.id] = Python.identifier(input.name)
            inputs.insert(Python.identifier(input.name))
        }
        for (index, node) in graph.nodes.enumerated() {
            for input in node.inputs { lastUses[input] = index }
        }
        for output in graph.outputs { lastUses[output.id] = graph.nodes.count }
        // an input keeps its name and its value
        for input in graph.inputs { lastUses[input.id] = graph.nodes.count }
    }

    /// The variable that has a value.
    func name(of id: Int) -> String { names[id] ?? "None" }

    /// The variable for an output of the node `index`.
    mutating func assign(_ id: Int, inputs: [Int], at index: Int) -> String {
        if lastUses[id] == nil { return "_" }
        // what an earlier node, or this one, has used last
        let free = inputs.first { lastUses[$0] == index && names[$0] != nil }
        let name = free.flatMap { names[$0] } ?? newName()
        for (other, last) in lastUses where last <= index && other != id { names[other] = nil }
        names[id] = name
        return name
    }

    private func newName() -> String {
        let taken = inputs.union(names.values)
        let candidates = ["x", "y", "z"] + (1...taken.count + 1).map { "x\($0)" }
        return candidates.first { !taken.contains($0) } ?? "x0"
    }
}
