import Foundation
import Testing
import Optimizers
import Recipes
import Settings
import Training
import TestSupport

@Suite("A YAML file of settings")
struct SettingsFileTests {
    private func settings(_ text: String) throws -> Settings {
        var settings = Settings(schema)
        try settings.apply(SettingsFile(text: text, name: "run.yaml", schema).overrides)
        return settings
    }

    @Test("The dump reads back as the same settings")
    func dumpRoundTrip() throws {
        #expect(try settings(exampleSettings().yaml) == exampleSettings())
        var defaults = Settings(schema)
        defaults.recipe = "digits"
        #expect(try settings(defaults.yaml) == defaults)
        defaults.model.hidden = []
        #expect(try settings(defaults.yaml) == defaults)
    }

    @Test(
        "Any path and any number survive the dump",
        arguments: [
            "null", "~", "-", "a: b", "a #b", "'x'", "\"", "\\n", " lead", "été/数据", "[1]", "{a}", "&a", "*a", "1\t2",
            "...",
        ])
    func dumpOfText(path: String) throws {
        var original = exampleSettings()
        original.data.path = path
        original.optimizer.learningRate = 0.1 + 0.2
        original[AdamWSettings.self].epsilon = .leastNormalMagnitude * 0x1p900
        #expect(try settings(original.yaml) == original)
    }

    @Test("The dump explains every key on its line")
    func dumpComments() {
        let lines = exampleSettings().yaml.split(separator: "\n")
        for key in exampleSettings().keys {
            let start = (key.section == nil ? "" : "    ") + key.leaf + ": "
            #expect(lines.contains { $0.hasPrefix(start) && $0.hasSuffix("  # " + key.help) }, "\(key.name)")
        }
    }

    @Test("Every key can be given alone, nested or dotted", arguments: settingRows.map(\.name))
    func everyKey(_ name: String) throws {
        let key = try schema.key(named: name, source: "test")
        let row = try #require(settingRows.first { $0.name == name })
        // a JSON string is a YAML string
        let value = row.example
        let quoted = try #require(String(data: JSONEncoder().encode(value), encoding: .utf8))
        let text = name == "model.hidden" ? value : quoted
        let recipe = name == "recipe" ? "" : "recipe: digits\n"
        var expected = Settings(schema)
        try expected.apply([("recipe", "digits"), (name, value)], source: "test")
        #expect(try settings(recipe + "\(name): \(text)") == expected)
        if let group = key.section {
            #expect(try settings(recipe + "\(group):\n  \(key.leaf): \(text)") == expected)
        }
    }

    @Test("Block lists, single values, nulls and empty groups mean what they look like")
    func notations() throws {
        let file = """
            recipe: digits
            model:
              hidden:
                - 64
                - 32
            steps: ~
            data.path: "null"
            optimizer:
              # momentum: 0.5
            """
        let read = try settings(file)
        #expect(read.model.hidden == [64, 32])
        #expect(read.steps == nil)
        #expect(read.data.path == "null")
        #expect(try settings("recipe: digits\nmodel.hidden: 7").model.hidden == [7])
    }

    @Test("Flags win over the file, the file over the recipe, the recipe over the defaults")
    func precedence() throws {
        let file = try SettingsFile(text: "recipe: digits\nepochs: 3\nseed: 3\n", name: "run.yaml", schema)
        #expect(file.recipe == "digits")
        var settings = Settings(schema)
        try settings.apply([("epochs", "2"), ("seed", "2"), ("threads", "2")], source: "recipe digits")
        try settings.apply(file.overrides)
        try settings.apply([SettingOverride(assignment: "seed=4")])
        #expect(settings.threads == 2)
        #expect(settings.epochs == 3)
        #expect(settings.seed == 4)
        #expect(settings.globalBatch == 128)
    }

    @Test(
        "What is wrong with a file is said in one line",
        arguments: [
            ("", "run.yaml does not name its recipe; add a line 'recipe: NAME' ('lockstep recipes' lists them)"),
            (
                "epochs: 3",
                "run.yaml does not name its recipe; add a line 'recipe: NAME' ('lockstep recipes' lists them)"
            ),
            ("- a\n- b", "run.yaml: expected lines of the form 'key: value'"),
            ("epochs", "run.yaml: expected lines of the form 'key: value'"),
            (
                "recipe: a\nepoch: 3",
                "unknown setting epoch (from run.yaml line 2); did you mean epochs? 'lockstep settings' lists them all"
            ),
            (
                "recipe: a\noptimizer:\n  momentun: 3",
                "unknown setting optimizer.momentun (from run.yaml line 3); did you mean optimizer.momentum? "
                    + "'lockstep settings' lists them all"
            ),
            (
                "recipe: a\n\nglobal_batch: 0",
                "global_batch must be at least 1, or full, found 0 (from run.yaml line 3)"
            ),
            (
                "recipe: a\nepochs:\n  first: 3",
                "run.yaml line 2: found a mapping for epochs, expected a single value"
            ),
            (
                "recipe: a\nepochs: [3]",
                "run.yaml line 2: found a list for epochs, expected a single value"
            ),
            (
                "recipe: a\noptimizer: adam",
                "optimizer is a group of settings such as optimizer.name and takes no value of its own "
                    + "(from run.yaml line 2)"
            ),
            ("recipe: a\nseed: 1\nseed: 2", "seed is given twice (from run.yaml line 2); keep one"),
            (
                "recipe: a\noptimizer:\n  momentum: 0\noptimizer.momentum: 0",
                "optimizer.momentum is given twice (from run.yaml lines 3 and 4); keep one"
            ),
            ("recipe: a\n[1]: 2", "run.yaml line 2: the name of a setting must be plain text"),
            ("recipe: none", "recipe must be a text that is neither empty nor none, found none (from run.yaml line 1)"),
            (
                "recipe: a\nmodel:\n  hidden: [[1], 2]",
                "run.yaml line 3: found a list of lists or mappings for model.hidden, "
                    + "expected a list of values"
            ),
            ("recipe: [a]", "run.yaml line 1: found a list for recipe, expected a single value"),
            (
                "recipe: a\n  seed: [1",
                "run.yaml line 2: not valid YAML: mapping values are not allowed in this context"
            ),
            (
                "recipe: \"a",
                "run.yaml line 1: not valid YAML: found unexpected end of stream (while scanning a quoted scalar)"
            ),
            ("recipe: a\nseed: *b", "run.yaml line 2: not valid YAML: found undefined alias"),
            ("recipe: a\nseed: \u{7}", "run.yaml line 2: not valid YAML: control characters are not allowed"),
            (
                "recipe: a\n---\nrecipe: b",
                "run.yaml line 2: not valid YAML: but found another document "
                    + "(expected a single document in the stream)"
            ),
        ])
    func badFile(text: String, expected: String) {
        #expect(message { _ = try SettingsFile(text: text, name: "run.yaml", schema) } == expected)
    }

    @Test("A file that cannot be read is named with the reason")
    func unreadable() throws {
        let directory = FileManager.default.temporaryDirectory.path
        #expect(
            message { _ = try SettingsFile(path: "no/such.yaml", schema) }
                == "cannot read no/such.yaml: there is no such file")
        #expect(
            message { _ = try SettingsFile(path: directory, schema) } == "cannot read \(directory): it is a directory")
        let path = directory + "/lockstep-\(UUID()).yaml"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data([0x72, 0xff, 0xfe]).write(to: URL(fileURLWithPath: path))
        #expect(message { _ = try SettingsFile(path: path, schema) } == "cannot read \(path): it is not UTF-8 text")
        try Data("recipe: digits\nseed: 9\n".utf8).write(to: URL(fileURLWithPath: path))
        let file = try SettingsFile(path: path, schema)
        #expect(file.recipe == "digits")
        #expect(file.overrides.last == SettingOverride(key: "seed", value: "9", source: "\(path) line 2"))
    }
}
