import Optimizers
import Settings
import Testing
import Training

@Suite("Settings of earlier versions")
struct EarlierVersionTests {
    @Test("are read under the names and choices that they had then, from checkpoints and from files")
    func renamed() throws {
        let saved = [
            "recipe": "csv", "optimizer.name": "rmsprop", "optimizer.centred": "true", "optimizer.smoothing": "0.8",
            "optimizer.trust": "0.02", "optimizer.products": "30", "optimizer.memory": "5",
            "model.batch_norm": "synchronised", "optimizer.beta2": "automatic", "optimizer.epsilon": "automatic",
        ]
        var settings = try Settings(schema, flat: saved, source: "test")
        #expect(settings[RMSPropSettings.self].centered && settings[RMSPropSettings.self].alpha == 0.8)
        #expect(settings[AdadeltaSettings.self].rho == 0.8)
        #expect(settings[LARSSettings.self].trustCoefficient == 0.02)
        #expect(settings[NewtonCGSettings.self].cgIterations == 30 && settings[LBFGSSettings.self].historySize == 5)
        #expect(settings.model.batchNorm == .synchronized)
        #expect(settings.flat["optimizer.alpha"] == "0.8" && settings.flat["optimizer.smoothing"] == nil)
        // automatic was the rule's own
        #expect(settings[RMSPropSettings.self].epsilon == 1e-8)
        settings.optimizer.name = "adagrad"
        #expect(settings[AdaGradSettings.self].epsilon == 1e-10)

        let file = try SettingsFile(
            text: "recipe: csv\nmodel:\n  batch_norm: synchronised\noptimizer:\n  smoothing: 0.7\n  centred: true\n",
            name: "old.yaml", schema)
        var read = Settings(schema)
        try read.apply(file.overrides)
        #expect(read.model.batchNorm == .synchronized && read[RMSPropSettings.self].alpha == 0.7)
    }

    @Test("A resumed run keeps its renamed values, also where they are given again")
    func resumed() throws {
        let saved = ["recipe": "csv", "optimizer.name": "adadelta", "optimizer.smoothing": "0.8"]
        let again = SettingOverride(key: "optimizer.smoothing", value: "0.80", source: "--set")
        let settings = try Settings.resumed(from: saved, applying: [again], schema)
        #expect(settings[AdadeltaSettings.self].rho == 0.8)
        let other = SettingOverride(key: "optimizer.smoothing", value: "0.9", source: "--set")
        #expect(throws: SettingsError.self) { try Settings.resumed(from: saved, applying: [other], schema) }
    }
}
