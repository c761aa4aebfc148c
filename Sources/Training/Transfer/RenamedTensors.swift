import Layers

/// Names of tensors that were others once, or are others in PyTorch: files with those names are still read.
///
/// A name of components such as `blocks.0.normalization1.weight`; what is renamed are whole components.
package enum RenamedTensors {
    /// Components of any place, the old beginning and the new: `normalisation1` is `normalization1` now.
    private static let beginnings = [("normalisation", "normalization")]

    /// Last components: the old name and the new.
    private static let last = [
        // of batch and group normalization, before they had PyTorch's names
        "scale": "weight", "shift": "bias",
    ]

    /// The name that the tensor of this name has today.
    package static func presentName(_ name: String) -> String {
        var components = PyTorchNames.ownName(of: name).split(separator: ".", omittingEmptySubsequences: false).map {
            component in
            for (old, new) in beginnings where component.hasPrefix(old) { return new + component.dropFirst(old.count) }
            return String(component)
        }
        if let end = components.last, let new = last[end] { components[components.count - 1] = new }
        return components.joined(separator: ".")
    }

    /// For each of the `wanted` names that is not among those of a file, but is the present name of one of them: that one.
    package static func oldNames(of wanted: [String], in file: [String]) -> [String: String] {
        let (known, present) = (Set(wanted), Set(file))
        let renamed = file.filter { !known.contains($0) }.map { (presentName($0), $0) }
        return Dictionary(renamed) { first, _ in first }.filter { known.contains($0.key) && !present.contains($0.key) }
    }
}
