import Communication
import Foundation
import Training

/// Writes sheets of images to the folder `samples` of the run directory after each evaluation, such as
/// `samples/step-00000469-reconstructions.png`.
final class SheetObserver: RunObserver {
    private let context: RunContext
    private let makeSheets: () throws -> [(name: String, sheet: ImageSheet)]

    /// Writes what `makeSheets` makes of the weights, on rank 0.
    init(_ context: RunContext, makeSheets: @escaping () throws -> [(name: String, sheet: ImageSheet)]) {
        (self.context, self.makeSheets) = (context, makeSheets)
    }

    func evaluationDidEnd(_ evaluation: inout Evaluation) throws {
        let step = String(evaluation.position.step)
        let prefix = "step-" + String(repeating: "0", count: max(0, 8 - step.count)) + step
        try context.communicator.agree("writing sheets of images") {
            guard context.communicator.rank == 0, !context.directory.isEmpty else { return }
            let folder = context.directory + "/samples"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for (name, sheet) in try makeSheets() { try sheet.write(to: "\(folder)/\(prefix)-\(name).png") }
        }
    }
}
