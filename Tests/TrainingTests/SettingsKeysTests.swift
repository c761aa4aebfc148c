import Testing
import Training
import RunRecords

@Suite("The table of settings")
struct SettingsKeysTests {
    @Test("Every key has an example, other than its default")
    func examplesAreComplete() {
        #expect(Set(Settings.keys.map(\.name)) == Set(exampleValues.keys))
        #expect(Settings.keys.count == exampleValues.count)
        for key in Settings.keys { #expect(exampleValues[key.name] != key.defaultText, "\(key.name)") }
    }

    @Test("The flat form names every value as it was set in code")
    func flatForm() throws {
        let settings = exampleSettings()
        #expect(settings.flat == exampleValues)
        #expect(try Settings(flat: settings.flat, source: "test") == settings)
    }

    @Test("Setting one key by name changes that value and no other", arguments: Settings.keys.map(\.name))
    func setOne(_ name: String) throws {
        let value = try #require(exampleValues[name])
        var settings = Settings()
        try settings.apply([SettingOverride(assignment: "\(name)=\(value)")])
        var expected = Settings().flat
        expected[name] = value
        #expect(settings.flat == expected)
        #expect(settings != Settings())
    }

    @Test("Keys without a value of their own have these defaults")
    func defaults() {
        let expected = [
            "recipe": "", "seed": "1", "epochs": "10", "steps": "none", "global_batch": "128", "shards": "0",
            "threads": "1", "data.path": "none", "model.name": "mlp", "model.hidden": "[512, 256]",
            "model.dropout": "0", "model.layers": "4", "model.heads": "4", "model.width": "128", "model.context": "64",
            "optimizer.name": "sgd", "optimizer.learning_rate": "0.05",
            "optimizer.momentum": "0.9", "optimizer.nesterov": "false", "optimizer.weight_decay": "0",
            "optimizer.beta1": "0.9", "optimizer.beta2": "automatic", "optimizer.epsilon": "automatic",
            "schedule.name": "constant", "schedule.warmup_steps": "0", "schedule.final_fraction": "0",
            "clip.global_norm": "0", "checkpoint.every": "500", "checkpoint.keep": "3", "log.every": "50",
            "evaluate.every": "1", "agreement.every": "20", "communication.path": "automatic",
            "communication.bucket_kilobytes": "automatic",
            "communication.overlap": "true", "communication.ranks_per_host": "0",
            "communication.sharding": "automatic", "communication.autotune": "automatic",
            "local.steps": "0", "local.workers": "0", "local.outer_rate": "1", "local.outer_momentum": "0",
            "optimizer.l1": "0", "optimizer.l2": "0", "optimizer.decoupled_decay": "false",
            "optimizer.decay": "all", "optimizer.smoothing": "0.9",
            "optimizer.centered": "false", "optimizer.trust": "0.001", "schedule.factor": "0.1",
            "schedule.every": "1000", "schedule.slope": "0.001", "schedule.power": "2", "schedule.period": "1000",
            "schedule.period_factor": "1", "schedule.low_fraction": "0.04", "schedule.rise_fraction": "0.3",
            "schedule.patience": "2", "schedule.threshold": "0.0001", "schedule.cooldown": "0",
            "schedule.scaling": "none", "schedule.base_batch": "256", "clip.value": "0", "clip.parameter_norm": "0",
            "average.name": "none", "average.decay": "0.999", "average.start": "1", "average.every": "1",
            "model.recompute": "false", "augment.flip": "0", "augment.crop_padding": "0", "augment.shift": "0",
            "augment.cutout": "0", "augment.noise": "0", "augment.mixup": "0", "checkpoint.best": "none",
            "evaluate.steps": "0", "early_stopping.patience": "0", "early_stopping.threshold": "0",
            "early_stopping.metric": "loss", "diagnose.every": "0",
            "transfer.from": "none", "transfer.skip": "[]", "freeze": "[]", "optimizer.groups": "[]",
            "model.batch_norm": "shard", "optimizer.iterations": "1", "optimizer.memory": "10",
            "optimizer.products": "200",
            "data.test_path": "none", "data.test_fraction": "0.1", "csv.target": "none", "csv.task": "automatic",
            "csv.ignore": "none", "csv.separator": "comma", "csv.weight": "none", "csv.types": "none",
            "csv.header": "automatic",
            "csv.decimal": "point", "csv.thousands": "none", "csv.missing": "none", "csv.usual_missing": "true",
            "text.tokens": "characters", "text.vocabulary": "20000",
            "translation.label_smoothing": "0", "translation.beam": "4", "translation.length_penalty": "0.6",
            "non_finite.action": "stop", "non_finite.limit": "10", "trace.steps": "none",
            "communication.combination": "sum", "compression.name": "none", "compression.share": "0.01",
            "compression.rank": "4", "schedule.steps": "automatic", "evaluate.samples": "0",
            "evaluate.final_samples": "0", "loss.class_weights": "none", "transfer.layout": "automatic",
            "evaluate.top_k": "5",
        ]
        #expect(Settings().flat == expected)
        for key in Settings.keys { #expect(key.defaultText == expected[key.name]) }
    }

    @Test("A resumed run may change its length, its rate and how it is recorded, not what it computes otherwise")
    func changesOnResume() {
        let names = Settings.keys.filter(\.changesOnResume).map(\.name)
        #expect(
            names == [
                "epochs", "steps", "threads", "data.path", "data.test_path", "translation.beam",
                "translation.length_penalty", "model.recompute", "optimizer.learning_rate", "schedule.steps",
                "checkpoint.every", "checkpoint.keep", "checkpoint.best", "log.every", "evaluate.every",
                "evaluate.steps", "evaluate.top_k", "evaluate.samples", "evaluate.final_samples",
                "early_stopping.patience",
                "diagnose.every", "agreement.every", "communication.path", "communication.bucket_kilobytes",
                "communication.autotune", "communication.overlap", "communication.ranks_per_host",
                "communication.sharding", "non_finite.action", "non_finite.limit", "trace.steps",
            ])
    }

    @Test("The list of keys names each with its default and allowed values, within its columns", arguments: [80, 100])
    func help(columns: Int) {
        let lines = Settings.help(columns: columns).split(separator: "\n", omittingEmptySubsequences: false)
        for line in lines { #expect(line.count <= columns, "\(line)") }
        for key in Settings.keys {
            let start = "  " + key.name + (key.changesOnResume ? " *" : "") + " "
            #expect(lines.count { $0.hasPrefix(start) && $0.contains("  " + key.defaultText) } == 1, "\(key.name)")
        }
        #expect(Settings.help(columns: 200).contains("decay and penalties are for (all or matrices)"))
    }

    @Test("Values are read in the notations people write")
    func notations() throws {
        var settings = Settings()
        try settings.apply(
            [
                ("model.hidden", "64,32"), ("optimizer.learning_rate", " 1e-3"), ("clip.global_norm", ".5"),
                ("seed", "+7"), ("optimizer.epsilon", "2.5E-4"),
            ], source: "test")
        #expect(settings.model.hidden == [64, 32])
        #expect(settings.optimizer.learningRate == 0.001)
        #expect(settings.clip.globalNorm == 0.5)
        #expect(settings.seed == 7)
        #expect(settings.optimizer.epsilon == 0.00025)
        try settings.apply([("model.hidden", "[]"), ("steps", "5")], source: "test")
        #expect(settings.model.hidden.isEmpty)
        #expect(settings.steps == 5)
        try settings.apply([("steps", "none"), ("global_batch", "full")], source: "test")
        #expect(settings.globalBatch(of: 60_000) == 60_000)
        #expect(settings.steps == nil)
    }
}
