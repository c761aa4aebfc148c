import Datasets
import Checkpoints
import Communication
import Foundation
import Search
import Optimizers
import Settings
import Testing
import Training
import TestSupport
import TrainingTestSupport

/// A recipe of two models, each with settings of its own.
private struct Declaring: Recipe {
    let name = "declaring"
    let summary = "a recipe that says what it uses"
    let settings: [(key: String, value: String)] = [("steps", "100"), ("model.heads", "2")]
    let uses = ["data.*", "model.layers"]
    let models = [
        RecipeModel("narrow", "one with a width", [("model.width", "8")], uses: ["model.width"]),
        RecipeModel("wide", "another", [("optimizer.name", "adam"), ("optimizer.momentum", "0.5")]),
    ]
    func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask {
        throw Seen(settings: settings)
    }
}

/// A recipe with a group of settings.
private struct Augmenting: Recipe {
    let name = "augmenting"
    let summary = "a recipe that augments images"
    let settings: [(key: String, value: String)] = []
    let settingsGroups: [any SettingsGroup.Type] = [ImageAugmentation.self]
    func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask {
        throw Seen(settings: settings)
    }
}

/// What the recipe was asked for.
private struct Seen: Error {
    let settings: Settings
}

@Suite("Settings that nothing uses")
struct UnusedSettingsTests {
    private static let catalog = RecipeCatalog([Declaring(), PointsRecipe(), Augmenting()])

    private func settings(_ assignments: String...) throws -> Settings {
        let overrides = try assignments.map { try SettingOverride(assignment: $0) }
        return try TrainingRequest(target: "declaring", overrides: overrides).settings(Self.catalog)
    }

    static let refused: [(assignments: [String], message: String)] = [
        (
            ["model.name=wide", "model.width=16"],
            "model.width is 16, but model.name wide does not use it; leave it at 128, or set model.name to narrow"
        ),
        (["model.heads=3"], "model.heads is 3, but the recipe declaring does not use it; leave it at 2"),
        (
            ["augment.flip=0.5"],
            "augment.flip is 0.5, but the recipe declaring does not use it; leave it at 0 (it is for augmenting)"
        ),
        (
            ["optimizer.name=adagrad", "optimizer.momentum=0.8"],
            "optimizer.momentum is 0.8, but optimizer.name adagrad does not use it; leave it at 0, or set "
                + "optimizer.name to sgd, rmsprop or lars"
        ),
        (
            ["optimizer.name=lion", "optimizer.epsilon=1e-6"],
            "optimizer.epsilon is 1e-06, but optimizer.name lion does not use it; leave it at 1e-08, or set "
                + "optimizer.name to adam, adamw, nadam, radam, adagrad, rmsprop, adadelta or lamb"
        ),
        (
            ["optimizer.name=lbfgs", "optimizer.learning_rate=0.1"],
            "optimizer.learning_rate is 0.1, but optimizer.name lbfgs does not use it; leave it at 0.001, or set "
                + "optimizer.name to sgd, adam, adamw, nadam, radam, adagrad, rmsprop, adadelta, lion, lars or lamb"
        ),
        (
            ["optimizer.history_size=5"],
            "optimizer.history_size is 5, but optimizer.name sgd does not use it; leave it at 10, or set optimizer.name to lbfgs"
        ),
        (
            ["schedule.name=cosine", "schedule.factor=0.5"],
            "schedule.factor is 0.5, but schedule.name cosine does not use it; leave it at 0.1, or set schedule.name to "
                + "step, exponential, exp_range or plateau"
        ),
        (
            ["average.decay=0.5"],
            "average.decay is 0.5, but average.name none does not use it; leave it at 0.999, or set average.name to ema"
        ),
        (
            ["early_stopping.threshold=0.1"],
            "early_stopping.threshold is 0.1, but early_stopping.patience 0 does not use it; leave it at 0, or set "
                + "early_stopping.patience to 1 or more"
        ),
        (
            ["data.test_path=/tests", "data.test_fraction=0.3"],
            "data.test_fraction is 0.3, but data.test_path /tests does not use it; leave it at 0.1, or set "
                + "data.test_path to none"
        ),
    ]

    @Test("are refused with their value, with what does not use them, and with what would", arguments: refused.indices)
    func refusal(number: Int) throws {
        let (assignments, expected) = Self.refused[number]
        let overrides = try assignments.map { try SettingOverride(assignment: $0) }
        let request = TrainingRequest(target: "declaring", overrides: overrides)
        #expect(message(of: { _ = try request.settings(Self.catalog) }) == expected)
    }

    @Test("may have the value that is usual for every recipe, or for this one and its model")
    func usual() throws {
        #expect(try settings("model.width=16", "model.layers=3", "data.path=/x").model.width == 16)
        #expect(try settings("model.name=wide", "model.width=128").model.width == 128)
        #expect(try settings("model.name=wide", "model.heads=2").model.heads == 2)
        #expect(try settings("model.name=wide", "optimizer.momentum=0.5")[SGDSettings.self].momentum == 0.5)
        #expect(
            try settings("optimizer.name=lars", "optimizer.trust_coefficient=0.1")[LARSSettings.self].trustCoefficient
                == 0.1)
    }

    @Test("The file of settings that a run leaves is one to train with", arguments: ["narrow", "wide"])
    func ownFile(model: String) throws {
        let folder = NSTemporaryDirectory() + "lockstep-unused-\(UUID().uuidString).yaml"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let first = try settings("model.name=\(model)", "steps=5", "data.test_path=/tests")
        try first.yaml.write(toFile: folder, atomically: false, encoding: .utf8)
        #expect(try TrainingRequest(target: folder).settings(Self.catalog) == first)
    }

    @Test("A relative path is saved as an absolute one")
    func absolutePaths() throws {
        let here = FileManager.default.currentDirectoryPath
        let found = try settings("data.path=a", "data.test_path=b/c", "transfer.from=d")
        #expect(found.data.path == here + "/a" && found.data.testPath == here + "/b/c")
        #expect(found.transfer.from == here + "/d")
        #expect(try settings("data.path= none").data.path == nil)
        #expect(try settings("data.path=/a").data.path == "/a")
    }

    @Test("A resumed run keeps what it had, and refuses what is new")
    func resumed() throws {
        let folder = NSTemporaryDirectory() + "lockstep-unused-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func train(_ values: String..., resumes: Bool) throws {
            let request = TrainingRequest(
                target: "points", overrides: try values.map { try SettingOverride(assignment: $0) },
                runDirectory: folder, resumes: resumes)
            _ = try TrainingProgram(request, catalog: Self.catalog, communicator: SoloCommunicator()).run()
        }
        try train("steps=3", resumes: false)
        #expect(
            message { try train("evaluate.steps=2", "evaluate.every=3", resumes: true) }.contains(
                "evaluate.every is 3, but evaluate.steps 2 does not use it; leave it at 1, or set evaluate.steps to 0"))
        try train("steps=4", "evaluate.every=3", resumes: true)
        try train("steps=5", "evaluate.steps=2", resumes: true)
        #expect(try SavedRun.checkpoint(at: folder).state.settings["evaluate.every"] == "3")
        #expect(try SavedRun.checkpoint(at: folder).state.step == 5)
    }

    @Test("Epochs that are asked for count in place of a recipe's steps")
    func epochs() throws {
        #expect(try settings().steps == 100)
        #expect(try settings("epochs=3").steps == nil)
        #expect(try settings("epochs=3", "steps=9").steps == 9)
    }

    @Test("A search leaves to each trial what it uses, and refuses what none of them uses")
    func search() throws {
        let folder = NSTemporaryDirectory() + "lockstep-unused-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func search(_ values: String..., resumes: Bool = false) throws {
            var request = SearchRequest(target: "points")
            request.overrides = try (values + ["steps=2"]).map { try SettingOverride(assignment: $0) }
            request.grids = ["optimizer.name=sgd,adam"]
            (request.directory, request.resumes) = (folder, resumes)
            request.report = { _ in }
            _ = try HyperparameterSearch(request, catalog: Self.catalog, communicator: SoloCommunicator()).run()
        }
        #expect(
            message { try search("optimizer.trust_coefficient=0.1") }.contains(
                "optimizer.trust_coefficient is 0.1, but optimizer.name sgd"))
        try search("optimizer.momentum=0.8")
        func momentum(_ trial: Int) throws -> String? {
            let trials = try FileManager.default.subpathsOfDirectory(atPath: folder)
                .filter { $0.hasSuffix("settings.yaml") }.sorted()
            let file = try SettingsFile(path: folder + "/" + trials[trial], Self.catalog.settings)
            return file.overrides.first { $0.key == "optimizer.momentum" }?.value
        }
        #expect(try momentum(0) == "0.8")
        #expect(try momentum(1) == nil)
    }
}
