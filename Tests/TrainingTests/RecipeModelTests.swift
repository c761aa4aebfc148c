import Datasets
import Optimizers
import Testing
import Training
import TestSupport

private struct TwoModels: Recipe {
    let name = "two"
    let summary = "a recipe of two models"
    let settings: [(key: String, value: String)] = [("epochs", "7"), ("optimizer.momentum", "0.5")]
    let models = [
        RecipeModel("small", "the usual one", [("model.width", "8")]),
        RecipeModel("large", "the other", [("model.width", "64"), ("epochs", "9"), ("optimizer.name", "adam")]),
    ]
    func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask {
        throw Seen(settings: settings)
    }
}

/// What the recipe was asked for.
private struct Seen: Error {
    let settings: Settings
}

@Suite("The models of a recipe")
struct RecipeModelTests {
    private func settings(_ assignments: String...) throws -> Settings {
        let overrides = try assignments.map { try SettingOverride(assignment: $0) }
        return try TrainingRequest(target: "two", overrides: overrides).settings(RecipeCatalog([TwoModels()]))
    }

    @Test(
        "The first model is trained unless another is named; its settings come after the recipe's, the user's after both"
    )
    func order() throws {
        let first = try settings()
        #expect(first.model.name == "small" && first.model.width == 8 && first.epochs == 7)
        #expect(first[SGDSettings.self].momentum == 0.5 && first.optimizer.name == "sgd")
        let other = try settings("model.width=16", "model.name=large")
        #expect(other.model.name == "large" && other.model.width == 16 && other.epochs == 9)
        #expect(other[SGDSettings.self].momentum == 0.5 && other.optimizer.name == "adam")
    }

    @Test("A model that the recipe has not is refused with those that it has")
    func unknown() {
        #expect(
            message(of: { _ = try settings("model.name=huge") })
                == "model.name is \"huge\", but the recipe two knows only: small, large")
    }
}
