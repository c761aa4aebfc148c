import Messages

/// The transfer of weights from another model, tensor by tensor.
package struct TransferReport {
    package let source: String
    package var taken: [(name: String, shape: [Int])] = []
    /// Numbers taken, and numbers of the model.
    package var elements = (taken: 0, all: 0)
    /// Tensors whose entries along an axis were mapped by name, and how many.
    package var byName: [String] = []
    /// Tensors whose entries were taken by index, since the source does not say what they stand for.
    package var byIndex: [String] = []
    /// Tensors that were rescaled for other means and deviations.
    package var rescaled: [String] = []
    /// Tensors that were converted from PyTorch's layout.
    package var converted: [String] = []
    /// What kind of file of another library it is, and which of its names stand for which of ours.
    package var format: String?
    package var renamed: [String] = []
    /// Tensors of which only the first rows were taken.
    package var cropped: [String] = []
    /// Tensors of the source that are no weights of their own, and why.
    package var unneeded: [String] = []
    /// Tensors that would mean something else here, and why.
    package var leftOut: [(name: String, reason: String)] = []
    /// Tensors of another shape; the last says whether the shape is that of PyTorch's layout.
    package var otherShape: [(name: String, own: [Int], found: [Int], isPyTorch: Bool)] = []
    /// What the source had learned of its data, where this task does not say which weights depend on that.
    package var preparation: [String: String]?
    /// What this run has learned of its data.
    package var ownPreparation: [String: String] = [:]
    package var skipped: [String] = []
    /// In the model only.
    package var missing: [(name: String, shape: [Int])] = []
    /// In the source only.
    package var unused: [(name: String, shape: [Int])] = []

    package init(source: String) { self.source = source }

    /// The report as an aligned block; of many names in a row only the first ones.
    package var summary: String { block("Weights from \(source)", rows(longest: 8)) }

    /// The report with every name.
    package var text: String {
        block("Weights from \(source)", rows(longest: .max))
            + "\nTensors taken\n" + taken.map { "  \($0.name) \($0.shape)\n" }.joined()
    }

    /// The rows of the report, with at most `longest` names in each.
    package func rows(longest: Int) -> [(name: String, value: String)] {
        func list(_ items: [String]) -> String {
            let more = items.count > longest ? ["and \(Readable.count(items.count - longest)) more"] : []
            return (items.prefix(longest) + more).joined(separator: ", ")
        }
        func named(_ tensors: [(name: String, shape: [Int])]) -> String {
            list(tensors.map { "\($0.name) \($0.shape)" })
        }
        let all = taken.count + leftOut.count + otherShape.count + skipped.count + missing.count
        let differing = preparation.map { saved in
            ownPreparation.keys.filter { saved[$0] != nil && saved[$0] != ownPreparation[$0] }.sorted()
        }
        let rows = [
            (
                "taken",
                "\(Readable.count(taken.count)) of \(Readable.count(all, of: "tensor")), "
                    + "\(Readable.count(elements.taken)) of \(Readable.count(elements.all, of: "number"))"
            ),
            ("names", format.map { "\($0): \(list(renamed))" } ?? ""),
            ("cropped", list(cropped)),
            ("by name", list(byName)),
            ("by index", list(byIndex)),
            ("rescaled", list(rescaled)),
            ("from PyTorch", list(converted)),
            ("left out", list(leftOut.map { "\($0.name): \($0.reason)" })),
            (
                "other shape",
                list(
                    otherShape.map {
                        "\($0.name) is \($0.own) here and \($0.found) there"
                            + ($0.isPyTorch ? " (PyTorch's layout: transfer.layout=pytorch)" : "")
                    })
            ),
            ("other data", differing.map { list($0) } ?? ""),
            ("skipped", list(skipped)),
            ("not there", named(missing)),
            ("unused", named(unused)),
            ("not needed", list(unneeded)),
        ]
        return rows.filter { !$0.1.isEmpty }
    }
}
