import Datasets
import Optimizers
import Recipes
import Settings
import Testing
import Training

/// The settings of the program.
let schema = RecipeCatalog.all.settings

@Suite("The table of settings")
struct SettingsTableTests {
    private static let names = settingRows.map(\.name)

    private func row(_ name: String) throws -> SettingRow { try #require(settingRows.first { $0.name == name }) }

    @Test("Every setting has a row with an example other than its default")
    func examplesAreComplete() {
        #expect(schema.keys.map(\.name) == Self.names)
        for row in settingRows { #expect(row.example != row.usual, "\(row.name)") }
    }

    @Test("Given as text or assigned in code, a value is the same, and no other changes", arguments: names)
    func setOne(_ name: String) throws {
        let row = try row(name)
        let usual = try row.defaults()
        #expect(name == "recipe" || usual.flat[name] == row.usual)
        var (read, assigned) = (usual, usual)
        try read.apply([SettingOverride(assignment: "\(name)=\(row.example)")])
        row.assign(&assigned)
        #expect(read == assigned && read != usual)
        #expect(read.flat[name] == row.example)
        // what another optimizer has by default, and what belongs to recipes, may change with these two
        if name == "recipe" || name == "optimizer.name" { return }
        var expected = usual.flat
        expected[name] = row.example
        #expect(read.flat == expected)
        read.recipe = "digits"
        #expect(try Settings(schema, flat: read.flat, source: "test") == read)
    }

    @Test("A resumed run may change its length, its rate and how it is recorded, not what it computes otherwise")
    func changesOnResume() {
        for key in schema.keys {
            #expect(key.changesOnResume == settingRows.first { $0.name == key.name }?.isResumable, "\(key.name)")
        }
    }

    @Test("The list names each setting with its default and allowed values, within its columns", arguments: [80, 100])
    func help(columns: Int) {
        let lines = schema.help(columns: columns).split(separator: "\n", omittingEmptySubsequences: false)
        for line in lines where !line.contains("CrossEntropyLoss") {
            #expect(line.count <= columns, "\(line)")
        }
        for key in schema.keys {
            let start = "  " + key.name + (key.changesOnResume ? " *" : "") + " "
            #expect(lines.count { $0.hasPrefix(start) } == 1, "\(key.name)")
        }
        let wide = schema.help(columns: 300)
        #expect(wide.contains("weight decay and penalties apply (all or matrices)"))
        #expect(wide.contains("of adam, adamw, nadam, radam, adagrad, rmsprop, adadelta, lamb; 1e-10 of adagrad"))
        #expect(
            wide.contains("learning rate, the highest of the schedule (at least 0; 0.0001 of lion; 0.002 of nadam;"))
    }

    @Test("The list of a recipe has its defaults, and leaves out what it does not use")
    func recipeHelp() throws {
        let text = try RecipeCatalog.all.settingsHelp(recipe: "csv", columns: 200)
        let lines = text.split(separator: "\n")
        func hasDefault(_ name: String, _ value: String) -> Bool {
            lines.contains { $0.hasPrefix("  \(name) ") && $0.contains("  \(value)  ") }
        }
        #expect(hasDefault("optimizer.name", "adamw") && hasDefault("global_batch", "32"))
        #expect(hasDefault("optimizer.beta1", "0.9") && hasDefault("csv.target", "none"))
        for other in ["text.", "augment.", "optimizer.momentum", "model.heads"] {
            #expect(!text.contains("  " + other))
        }
        let images = try RecipeCatalog.all.settingsHelp(recipe: "fashion-mnist")
        #expect(images.contains("--model resnet110: ResNet-110\n  epochs = 30\n"))
        #expect(images.contains("  augment.flip") && images.contains("  model.recompute *"))
    }

    @Test("Values are read in the notations people write")
    func notations() throws {
        var settings = Settings(schema)
        try settings.apply(
            [
                ("model.hidden", "64,32"), ("optimizer.learning_rate", " 1e-3"), ("clip.global_norm", ".5"),
                ("seed", "+7"), ("optimizer.epsilon", "2.5E-4"),
            ], source: "test")
        #expect(settings.model.hidden == [64, 32])
        #expect(settings.optimizer.learningRate == 0.001)
        #expect(settings.clip.globalNorm == 0.5)
        #expect(settings.seed == 7)
        #expect(settings[AdamSettings.self].epsilon == 0.00025)
        try settings.apply([("model.hidden", "[]"), ("steps", "5")], source: "test")
        #expect(settings.model.hidden.isEmpty)
        #expect(settings.steps == 5)
        try settings.apply([("steps", "none"), ("global_batch", "full")], source: "test")
        #expect(settings.globalBatch(of: 60_000) == 60_000)
        #expect(settings.steps == nil)
    }
}
