import Communication
import Datasets
import Optimizers
import Settings
import TensorEngine
import TestSupport
import Testing
import Training

/// A group of a user's recipe, with a rule about two of its settings.
private struct LeafSettings: SettingsGroup {
    enum Side: String, Sendable, CaseIterable { case top, bottom }

    var side = Side.top
    var fewest = 10
    var most = 100

    static let prefix = "leaf"
    static let title = "leaf: pictures of leaves"
    static let keys: [Setting<Self>] = [
        Setting("side", \.side, .choice(formerly: ["upper": .top]), aliases: ["face"], "side of the leaf"),
        Setting(
            "fewest", \.fewest, .whole(atLeast: 1), changesOnResume: true, formerNames: ["leaf.smallest"],
            "fewest pixels of a leaf"),
        Setting(
            "most", \.most, .whole(atLeast: 1), usedWhen: [.when("leaf.side", is: Side.bottom)], "most pixels of a leaf"
        ),
    ]

    static func check(_ settings: Settings) throws(SettingsError) {
        let leaf = settings[LeafSettings.self]
        if leaf.fewest > leaf.most {
            throw .conflict("leaf.fewest \(leaf.fewest) is above leaf.most \(leaf.most); lower it")
        }
    }
}

/// An optimizer of a user's with two settings of its own: gradient descent that is damped in the first steps.
private struct DampedSettings: GradientRule {
    var damping = 0.5
    var momentum = 0.25

    static let name = "damped"
    static let learningRate = 0.125
    static let keys: [Setting<Self>] = [
        Setting("damping", \.damping, .number(.fraction), "damping of the first steps"),
        Setting("momentum", \.momentum, .number(.belowOne), "momentum"),
    ]

    func makeOptimizer(
        _ arena: ParameterArena, _ regularization: Regularization, _ groups: ParameterGroups
    ) -> any Optimizer {
        SGD(arena, momentum: Float(momentum * (1 - damping)), regularization: regularization, groups: groups)
    }
}

/// What the recipe was asked for.
private struct Asked: Error {
    let settings: Settings
}

private struct LeafRecipe: Recipe {
    let name = "leaves"
    let summary = "leaves"
    let settings: [(key: String, value: String)] = [("leaf.fewest", "20")]
    let settingsGroups: [any SettingsGroup.Type] = [LeafSettings.self]
    let uses = ["data.path"]

    func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask {
        throw Asked(settings: settings)
    }
}

private struct OtherRecipe: Recipe {
    let name = "other"
    let summary = "without leaves"
    let settings: [(key: String, value: String)] = []

    func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask {
        throw Asked(settings: settings)
    }
}

@Suite("A program of one's own, with a group, a rule about two settings and an optimizer")
struct OwnProgramTests {
    private let catalog = RecipeCatalog([LeafRecipe(), OtherRecipe()], optimizers: [DampedSettings.self])

    private func settings(_ recipe: String = "leaves", _ values: String...) throws -> Settings {
        let overrides = try values.map { try SettingOverride(assignment: $0) }
        return try TrainingRequest(target: recipe, overrides: overrides).settings(catalog)
    }

    @Test("has its settings typed, with the recipe's defaults and --set over them")
    func typed() throws {
        #expect(try settings()[LeafSettings.self].fewest == 20)
        let given = try settings("leaves", "leaf.side=bottom", "leaf.most=90", "optimizer.name=damped")
        #expect(given[LeafSettings.self].side == .bottom && given[LeafSettings.self].most == 90)
        #expect(given.optimizer.learningRate == 0.125 && given[DampedSettings.self].momentum == 0.25)
        let damped = try settings("leaves", "optimizer.name=damped", "optimizer.damping=0.75")
        #expect(damped[DampedSettings.self].damping == 0.75)
        let arena = ParameterArena(["w": Parameter(Tensor([1]))])
        #expect(damped.makeOptimizer(arena) is SGD)
    }

    @Test("reads and writes YAML and the saved form, and resumes from it")
    func saved() throws {
        let first = try settings("leaves", "leaf.side=bottom", "optimizer.name=damped", "optimizer.damping=0.75")
        var read = Settings(catalog.settings)
        try read.apply(SettingsFile(text: first.yaml, name: "leaves.yaml", catalog.settings).overrides)
        #expect(read == first)
        #expect(first.yaml.contains("    damping: 0.75"))
        #expect(first.flat["leaf.side"] == "bottom" && first.flat["optimizer.damping"] == "0.75")
        #expect(first.flat["optimizer.beta1"] == nil)
        func resumed(_ key: String, _ value: String) throws -> Settings {
            try Settings.resumed(
                from: first.flat, applying: [SettingOverride(key: key, value: value, source: "--set")],
                catalog.settings)
        }
        #expect(try resumed("leaf.fewest", "30")[LeafSettings.self].fewest == 30)
        #expect(
            message { _ = try resumed("leaf.side", "top") }
                == "leaf.side is bottom in the saved run and cannot become top (from --set); start a new run or drop it"
        )
        // what the group's earlier version wrote
        let old = ["recipe": "leaves", "leaf.side": "upper", "leaf.smallest": "7"]
        let renamed = try Settings(catalog.settings, flat: old, source: "test")[LeafSettings.self]
        #expect(renamed.side == .top && renamed.fewest == 7)
        // the other recipe's runs know nothing of leaves
        #expect(try settings("other").flat["leaf.side"] == nil)
    }

    @Test("refuses what does not fit, what nothing uses, and unknown names with the nearest one")
    func refusals() {
        func refusal(_ recipe: String = "leaves", _ values: String...) -> String {
            message {
                let overrides = try values.map { try SettingOverride(assignment: $0) }
                _ = try TrainingRequest(target: recipe, overrides: overrides).settings(catalog)
            }
        }
        #expect(refusal("leaves", "leaf.fewest=200") == "leaf.fewest 200 is above leaf.most 100; lower it")
        #expect(refusal("leaves", "leaf.fewest=0") == "leaf.fewest must be at least 1, found 0 (from --set)")
        #expect(
            refusal("leaves", "leaf.most=90")
                == "leaf.most is 90, but leaf.side top does not use it; leave it at 100, or set leaf.side to bottom")
        #expect(
            refusal("other", "leaf.side=bottom")
                == "leaf.side is bottom, but the recipe other does not use it; leave it at top (it is for leaves)")
        #expect(
            refusal("leaves", "optimizer.damping=0.75")
                == "optimizer.damping is 0.75, but optimizer.name sgd does not use it; leave it at 0.5, or set "
                + "optimizer.name to damped")
        #expect(refusal("leaves", "leaf.fewst=2").contains("did you mean leaf.fewest?"))
        #expect(refusal("leaves", "face=top").contains("did you mean leaf.side?"))
        #expect(refusal("leaves", "optimizer.name=damp").contains("lbfgs, bfgs, newton_cg or damped, found damp"))
        #expect(refusal("leaves", "data.test_path=/x").contains("the recipe leaves does not use it"))
    }

    @Test("checks values that are assigned in code by their type, not by their text")
    func inCode() throws {
        var settings = try settings()
        settings[LeafSettings.self].fewest = -3
        #expect(message(of: settings.validate) == "leaf.fewest must be at least 1, found -3 (from code)")
    }

    @Test("lists its settings")
    func help() throws {
        let all = catalog.settingsHelp(columns: 200)
        #expect(all.contains("\nleaf: pictures of leaves\n  leaf.side "))
        #expect(all.contains("damping of the first steps (from 0 to 1; of damped)"))
        #expect(all.contains("0.125 of damped"))
        let leaves = try catalog.settingsHelp(recipe: "leaves", columns: 200)
        #expect(leaves.contains("  leaf.fewest *") && !leaves.contains("data.test_path"))
        #expect(try !catalog.settingsHelp(recipe: "other").contains("leaf."))
    }
}
