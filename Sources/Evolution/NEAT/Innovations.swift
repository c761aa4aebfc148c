/// The historical markings of a generation: the same mutation gets the same numbers, whoever has it.
package struct Innovations {
    private struct Ends: Hashable { let source, target: Int }

    /// The numbers of the next new link and of the next new node.
    package private(set) var nextLink, nextNode: Int
    private var links: [Ends: Int] = [:]
    /// The nodes that links, by their innovations, were split by.
    private var nodes: [Int: [Int]] = [:]

    package init(nextLink: Int, nextNode: Int) { (self.nextLink, self.nextNode) = (nextLink, nextNode) }

    /// The innovation of a link between these nodes.
    mutating func link(from source: Int, to target: Int) -> Int {
        let ends = Ends(source: source, target: target)
        if let known = links[ends] { return known }
        links[ends] = nextLink
        nextLink += 1
        return nextLink - 1
    }

    /// The node that splits a link of a genome which has `others`.
    mutating func node(splitting innovation: Int, besides others: [Int]) -> Int {
        if let known = nodes[innovation]?.first(where: { !others.contains($0) }) { return known }
        nodes[innovation, default: []].append(nextNode)
        nextNode += 1
        return nextNode - 1
    }
}
