/// What became of each tensor when a model was given the weights of another.
struct TransferReport {
    let source: String
    var taken: [(name: String, shape: [Int])] = []
    /// Numbers taken, and numbers of the model.
    var elements = (taken: 0, all: 0)
    var otherShape: [(name: String, own: [Int], found: [Int])] = []
    var skipped: [String] = []
    /// In the model only.
    var missing: [(name: String, shape: [Int])] = []
    /// In the source only.
    var unused: [(name: String, shape: [Int])] = []

    init(source: String) { self.source = source }

    /// The report as an aligned block; of many names in a row only the first ones.
    var summary: String { block("Weights from \(source)", rows(longest: 8)) }

    /// The report with every name.
    var text: String {
        block("Weights from \(source)", rows(longest: .max))
            + "\nTensors taken\n" + taken.map { "  \($0.name) \($0.shape)\n" }.joined()
    }

    /// What there is to say, with at most `longest` names in a row.
    func rows(longest: Int) -> [(name: String, value: String)] {
        func list(_ items: [String]) -> String {
            let more = items.count > longest ? ["and \(Readable.count(items.count - longest)) more"] : []
            return (items.prefix(longest) + more).joined(separator: ", ")
        }
        func named(_ tensors: [(name: String, shape: [Int])]) -> String {
            list(tensors.map { "\($0.name) \($0.shape)" })
        }
        let all = taken.count + otherShape.count + skipped.count + missing.count
        let rows = [
            (
                "taken",
                "\(Readable.count(taken.count)) of \(Readable.count(all, of: "tensor")), "
                    + "\(Readable.count(elements.taken)) of \(Readable.count(elements.all, of: "number"))"
            ),
            ("other shape", list(otherShape.map { "\($0.name) is \($0.own) here and \($0.found) there" })),
            ("skipped", list(skipped)),
            ("not there", named(missing)),
            ("unused", named(unused)),
        ]
        return rows.filter { !$0.1.isEmpty }
    }
}
