import DataParallel
import Optimizers
import Settings
import TensorEngine

extension Settings {
    /// Throws unless every pattern of a name fits something of the model, something is left to train, and there are batch
    /// normalizations to synchronize when they are to be. *Local.*
    func checkNames(of tree: ParameterTree) throws {
        let parameters = tree.named
        let statistics = tree.namedStatistics.map(\.name)
        let all = parameters.map(\.name) + statistics
        try check(transfer.skip, "transfer.skip", all)
        try check(freeze, "freeze", all)
        try check(optimizer.groups.map(\.pattern), "optimizer.groups", parameters.map(\.name))
        if model.batchNorm == .synchronized, statistics.isEmpty {
            throw SettingsError.conflict(
                "model.batch_norm is synchronized, and this model has no batch normalization; drop it or choose another model"
            )
        }
        let groups = parameterGroups
        if parameters.allSatisfy({ groups.isFrozen($0.name, $0.parameter.shape) }) {
            throw SettingsError.conflict("freeze leaves no parameter to train; leave at least one out of it")
        }
    }

    private func check(_ patterns: [String], _ key: String, _ names: [String]) throws {
        for pattern in patterns where !names.contains(where: NamePattern(pattern).matches) {
            throw UnmatchedPattern(key: key, pattern: pattern, names: names)
        }
    }
}

/// A pattern fits no name of the model.
struct UnmatchedPattern: Error, CustomStringConvertible {
    let key, pattern: String
    let names: [String]

    var description: String {
        let shown = names.prefix(60).joined(separator: ", ")
        let rest = names.count > 60 ? " and \(names.count - 60) more" : ""
        return
            "\(key) has \(pattern), which fits no name of this model (* stands for any characters); there are: \(shown)\(rest)"
    }
}
