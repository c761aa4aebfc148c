import DataParallel
import Optimizers
import TensorEngine

extension Settings {
    /// Throws unless every pattern of a name fits something of the model, something is left to train, and there are batch
    /// normalizations to synchronize when they are to be. *Local.*
    func checkNames(of arena: ParameterArena) throws {
        let all = arena.names + arena.statisticNames
        try check(transfer.skip, "transfer.skip", all)
        try check(freeze, "freeze", all)
        try check(optimizer.groups.map(\.pattern), "optimizer.groups", arena.names)
        if model.batchNorm == .synchronized, arena.statistics.isEmpty {
            throw SettingsError.conflict(
                "model.batch_norm is synchronized, and this model has no batch normalization; drop it or choose another model"
            )
        }
        if TrainedParts(of: arena, parameterGroups).parameters.isEmpty {
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
