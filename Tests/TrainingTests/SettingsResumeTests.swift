import Testing
import Training
import TestSupport

@Suite("The settings of a resumed run")
struct SettingsResumeTests {
    private func resumed(_ key: String, _ value: String) throws -> Settings {
        try Settings.resumed(
            from: compatibleExample().flat, applying: [SettingOverride(key: key, value: value, source: "--set")])
    }

    @Test("Without overrides they are the saved ones")
    func unchanged() throws {
        #expect(try Settings.resumed(from: compatibleExample().flat, applying: []) == compatibleExample())
    }

    @Test("A permitted change is taken, any other is refused", arguments: Settings.keys.map(\.name))
    func change(_ name: String) throws {
        let key = try Settings.key(named: name, source: "test")
        let saved = compatibleExample().flat
        let example = try #require(exampleValues[name])
        let others = ["recipe": "letters", "shards": "8"]
        let other = others[name] ?? (saved[name] == key.defaultText ? example : key.defaultText)
        if key.changesOnResume {
            var expected = saved
            expected[name] = other
            #expect(try resumed(name, other).flat == expected)
        } else {
            let saved = saved[name] ?? ""
            // a text with blanks is quoted, a list is not
            let shown = saved.contains(" ") && !saved.hasPrefix("[") ? "\"\(saved)\"" : saved
            #expect(
                message { _ = try resumed(name, other) }
                    == "\(name) is \(shown) in the saved run and cannot become \(other) (from --set); "
                    + "start a new run or drop it")
        }
    }

    @Test("Repeating a saved value is no change, however it is written")
    func repeated() throws {
        #expect(try resumed("optimizer.learning_rate", "3e-3") == compatibleExample())
        #expect(try resumed("model.hidden", "64,32,16") == compatibleExample())
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
            message { _ = try Settings.resumed(from: ["recipe": "a", "banana": "1"], applying: []) }
                == "unknown setting banana (from the saved run); 'lockstep settings' lists them all")
    }

    @Test("Keys that an older version did not save have their defaults")
    func olderVersion() throws {
        let settings = try Settings.resumed(from: ["recipe": "digits", "seed": "5"], applying: [])
        var expected = Settings()
        expected.recipe = "digits"
        expected.seed = 5
        #expect(settings == expected)
    }
}
