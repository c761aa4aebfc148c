import Communication
import Foundation
import Probability
import Training

/// Writes the draws and a summary of them into the run directory: `posterior/draws.npy` (float32, [chains, draws,
/// quantities]) and `posterior/summary.csv`, a row for each quantity, in the order of the draws.
final class DrawFiles: RunObserver {
    private let store: ChainStore
    private let density: Density
    private let context: RunContext

    init(_ store: ChainStore, _ density: Density, _ context: RunContext) {
        (self.store, self.density, self.context) = (store, density, context)
    }

    /// *Collective.*
    func runWillEnd(at position: RunPosition) throws {
        try context.communicator.agree("writing the draws") {
            guard context.communicator.rank == 0, !context.directory.isEmpty, store.drawsOfChain > 0 else { return }
            let folder = URL(filePath: context.directory).appending(path: "posterior")
            do {
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                let shape = [store.draws.count, store.drawsOfChain, density.quantities.count]
                try NumPyWriter.file(store.draws.joined(), shape: shape)
                    .write(to: folder.appending(path: "draws.npy"), options: .atomic)
                try Data(summary.utf8).write(to: folder.appending(path: "summary.csv"), options: .atomic)
            } catch {
                throw UnwrittenDraws(folder: folder.path, reason: error.localizedDescription)
            }
        }
    }

    private var summary: String {
        var text = "quantity,mean,sd,mcse_mean,q5,median,q95,ess_bulk,ess_tail,r_hat\n"
        for (index, name) in density.quantities.enumerated() {
            let (chains, found) = (store.values(of: index), store.diagnostics(of: index))
            let quantiles = quantiles(chains.flatMap { $0 }, [0.05, 0.5, 0.95])
            let numbers =
                [found.mean, found.deviation, found.meanMCSE] + quantiles + [found.bulkESS, found.tailESS, found.rHat]
            // names of several indices hold commas; Swift writes the sign of a NaN, too
            let texts = numbers.map { $0.isNaN ? "nan" : "\($0)" }
            text += "\"\(name)\"," + texts.joined(separator: ",") + "\n"
        }
        return text
    }
}

/// The draws could not be written.
struct UnwrittenDraws: Error, CustomStringConvertible {
    let folder, reason: String
    var description: String {
        "the draws could not be written to \(folder): \(reason); free some space and resume the run, whose checkpoint has them"
    }
}
