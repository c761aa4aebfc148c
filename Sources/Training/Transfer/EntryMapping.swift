/// Which index of a source's axis belongs to each index of this run's axis, by the names of the entries.
struct EntryMapping {
    /// For each index here the one there; nil where there is none of that name.
    let indices: [Int?]
    /// What the weights at an index are multiplied by, and what the mean shift of its values adds per unit of weight; nil
    /// where the values are standardized alike.
    private(set) var scales: [(factor: Double, shift: Double)?]

    /// Every index is its own.
    init(count: Int) {
        indices = Array(0..<count)
        scales = Array(repeating: nil, count: count)
    }

    /// The mapping from the entries `found` of a source; names that stand there twice belong to nothing.
    init(to own: [AxisMeaning.Entry], from found: [AxisMeaning.Entry], isInput: Bool) {
        // by bytes: texts that are canonically equivalent are not the same token
        var byName: [[UInt8]: Int?] = [:]
        for (index, entry) in found.enumerated() {
            let name = Array(entry.name.utf8)
            byName[name] = byName.keys.contains(name) ? .some(nil) : index
        }
        var indices: [Int?] = []
        scales = []
        for entry in own {
            let index = byName[Array(entry.name.utf8)] ?? nil
            let other = index.map { found[$0].standardization } ?? nil
            // a number and a category of one name are not the same
            let fits = index != nil && (other == nil) == (entry.standardization == nil)
            indices.append(fits ? index : nil)
            guard fits, let there = other, let here = entry.standardization, there != here else {
                scales.append(nil)
                continue
            }
            // inputs: x there = (mean here - mean there) / deviation there + (deviation here / deviation there)·x here;
            // outputs: y here = (mean there - mean here) / deviation here + (deviation there / deviation here)·y there
            let (to, from) = isInput ? (here, there) : (there, here)
            scales.append((to.deviation / from.deviation, (to.mean - from.mean) / from.deviation))
        }
        self.indices = indices
    }

    /// How many indices have one there.
    var count: Int { indices.count { $0 != nil } }

    /// Whether nothing changes, for a source of `count` entries.
    func isIdentity(of count: Int) -> Bool {
        count == indices.count && indices.enumerated().allSatisfy { $0.offset == $0.element } && !isRescaled
    }

    /// Whether some values are standardized otherwise.
    var isRescaled: Bool { scales.contains { $0 != nil } }
}
