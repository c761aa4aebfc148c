package import Checkpoints
import Communication
import Foundation
import Optimizers
import TestSupport
package import Training

/// A folder of a test's own for runs of recipes that need no files; removed when the test is over.
package final class TrainingFolder: Sendable {
    private let folder: TemporaryFolder
    private let recipes: [any Recipe]
    package var path: String { folder.path }

    package init(_ recipes: [any Recipe]) throws {
        self.recipes = recipes
        folder = try TemporaryFolder()
    }

    /// The path of a run.
    package func callAsFunction(_ run: String) -> String { "\(path)/\(run)" }

    /// Trains on threads as ranks, and returns what is saved at the end.
    @discardableResult
    package func train(
        _ run: String, _ recipe: String, ranks: Int = 1, resumes: Bool = false, _ values: [String],
        sources: @Sendable @escaping (_ rank: Int) -> RequestSources = { _ in RequestSources() },
        prepare: @Sendable @escaping (inout TrainingRequest, _ rank: Int) -> Void = { _, _ in }
    ) throws -> Checkpoint {
        var request = TrainingRequest(target: recipe, runDirectory: self(run), resumes: resumes)
        request.overrides = try values.map { try SettingOverride(assignment: $0) }
        let (asked, recipes) = (request, recipes)
        _ = try InProcessCommunicator.run(ranks: ranks) { communicator in
            var asked = asked
            asked.requestSources = sources(communicator.rank)
            prepare(&asked, communicator.rank)
            _ = try TrainingProgram(asked, catalog: RecipeCatalog(recipes), communicator: communicator).run()
        }
        return try SavedRun.checkpoint(at: self(run))
    }

    /// What a file of a run says.
    package func text(_ run: String, _ file: String) throws -> String {
        try String(contentsOfFile: "\(self(run))/\(file)", encoding: .utf8)
    }
}

/// The names of the optimizers that follow a gradient.
package let gradientOptimizers = OptimizerSettings.rules.filter { $0 is any GradientRule.Type }.map { $0.name }
