import DataParallel
import Optimizers
import Testing
import Recipes
import Settings
import Training
import TestSupport

@Suite("The settings of a resumed run")
struct SettingsResumeTests {
    private func resumed(_ key: String, _ value: String) throws -> Settings {
        try Settings.resumed(
            from: exampleSettings().flat, applying: [SettingOverride(key: key, value: value, source: "--set")], schema)
    }

    @Test("Without overrides they are the saved ones")
    func unchanged() throws {
        #expect(try Settings.resumed(from: exampleSettings().flat, applying: [], schema) == exampleSettings())
    }

    @Test("A permitted change is taken, any other is refused", arguments: settingRows.map(\.name))
    func change(_ name: String) throws {
        let row = try #require(settingRows.first { $0.name == name })
        var example = exampleSettings()
        if let optimizer = row.optimizer {
            example.optimizer.name = optimizer
            (example.schedule, example.clip) = (ScheduleSettings(), ClipSettings())
            (example.compression.name, example.model.batchNorm, example.nonFinite.action) = (.none, .shard, .stop)
        }
        if name.hasPrefix("balance.") {
            (example.compression.name, example.model.batchNorm) = (.none, .shard)
            (example.balance.mode, example.balance.speeds) = (name == "balance.every" ? .automatic : .fixed, [3, 1])
        }
        let saved = example.flat
        let others = [
            "recipe": "letters", "shards": "8", "optimizer.name": "lion", "checkpoint.best": "loss",
            "balance.mode": "automatic", "balance.speeds": "[2, 1]",
        ]
        let before = try #require(saved[name])
        let other = others[name] ?? (before == row.usual ? row.example : row.usual)
        func resumed() throws -> Settings {
            try Settings.resumed(
                from: saved, applying: [SettingOverride(key: name, value: other, source: "--set")], schema)
        }
        if row.isResumable {
            var expected = saved
            expected[name] = other
            #expect(try resumed().flat == expected)
        } else {
            // a text with blanks is quoted, a list is not
            func shown(_ text: String) -> String { text.contains(" ") && !text.hasPrefix("[") ? "\"\(text)\"" : text }
            #expect(
                message { _ = try resumed() }
                    == "\(name) is \(shown(before)) in the saved run and cannot become \(shown(other)) (from --set); "
                    + "start a new run or drop it")
        }
    }

    @Test("Repeating a saved value is no change, however it is written")
    func repeated() throws {
        #expect(try resumed("optimizer.learning_rate", "3e-3") == exampleSettings())
        #expect(try resumed("model.hidden", "64,32,16") == exampleSettings())
    }

    @Test("shards=0 keeps the number that was resolved when the run started")
    func shards() throws {
        #expect(try resumed("shards", "0").shards == 6)
    }

    @Test("Bad values, unknown keys and conflicts are found")
    func errors() {
        #expect(message { _ = try resumed("epochs", "0") } == "epochs must be at least 1, found 0 (from --set)")
        #expect(
            message { _ = try resumed("epoch", "2") }
                == "unknown setting epoch (from --set); did you mean epochs? 'lockstep settings' lists them all")
        #expect(
            message { _ = try Settings.resumed(from: ["recipe": "a", "banana": "1"], applying: [], schema) }
                == "unknown setting banana (from the saved run); 'lockstep settings' lists them all")
    }

    @Test("Keys that an older version did not save have their defaults")
    func olderVersion() throws {
        let settings = try Settings.resumed(from: ["recipe": "digits", "seed": "5"], applying: [], schema)
        var expected = Settings(schema)
        expected.recipe = "digits"
        expected.seed = 5
        #expect(settings == expected)
    }
}
