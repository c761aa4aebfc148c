import TensorEngine

/// Where the tensors of this model are in a file of another library, under that one's names.
struct ForeignNames {
    /// Where one tensor is.
    struct Origin: Equatable {
        /// Its tensors there: one, or several whose sum it is.
        let names: [String]
        /// The order of its axes there, where that follows from the names; nil: as that of the others of the file.
        var layout: TransferSettings.Layout?
        /// Whether of more rows there than here the first are taken.
        var takesFirstRows = false
    }

    /// The file's kind, for people, such as `GPT-2 of Hugging Face`.
    let format: String
    /// By this program's names.
    var origins: [String: Origin] = [:]
    /// Tensors of the file that are no weights, or stand for others, and why.
    var unneeded: [(name: String, reason: String)] = []

    /// The mapping of names for a file of these tensors; nil where the names are this program's, or not known.
    /// - Parameters:
    ///   - wanted: the tensors of this model, in the order of registration.
    ///   - axes: what their axes are.
    init?(
        of file: [(name: String, shape: [Int])], for wanted: [(name: String, shape: [Int])],
        axes: [String: ParameterAxes]
    ) {
        let found =
            Self.gpt2(file, wanted) ?? Self.residual(file, wanted) ?? Self.sequential(file, wanted, axes)
            ?? Self.modules(file, wanted)
        guard let found, !found.origins.isEmpty else { return nil }
        self = found
    }

    init(format: String) { self.format = format }

    /// Names of modules of PyTorch, each of which is one of this program's.
    private static func modules(
        _ file: [(name: String, shape: [Int])], _ wanted: [(name: String, shape: [Int])]
    ) -> ForeignNames? {
        var names = ForeignNames(format: "PyTorch")
        let (known, present) = (Set(wanted.map(\.name)), Set(file.map(\.name)))
        var sources: [String: [String]] = [:]
        for (name, _) in file where !known.contains(name) {
            if PyTorchModules.isCounter(name) {
                names.unneeded.append((name, "counts batches"))
                continue
            }
            for own in PyTorchModules.candidates(for: name, among: known) where !present.contains(own) {
                sources[own, default: []].append(name)
            }
        }
        for (own, theirs) in sources {
            // a recurrent layer's two biases are one here, unless it needs both
            guard theirs.count == 1 || own.hasSuffix("bias") else { continue }
            names.origins[own] = Origin(names: theirs.sorted())
        }
        return names
    }
}
