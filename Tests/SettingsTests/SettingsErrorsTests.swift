import DataParallel
import Testing
import Optimizers
import Recipes
import Settings
import Training
import TestSupport

@Suite("A setting that cannot be used")
struct SettingsErrorsTests {
    @Test(
        "The message says key, requirement, value and source",
        arguments: [
            ("global_batch", "0", "global_batch must be at least 1, or full, found 0 (from --set)"),
            ("global_batch", "-3", "global_batch must be at least 1, or full, found -3 (from --set)"),
            ("epochs", "1_000", "epochs must be a whole number of at least 1, found 1_000 (from --set)"),
            ("epochs", "2.0", "epochs must be a whole number of at least 1, found 2.0 (from --set)"),
            ("epochs", "0x10", "epochs must be a whole number of at least 1, found 0x10 (from --set)"),
            ("epochs", "010", "epochs must be a whole number of at least 1, found 010 (from --set)"),
            ("epochs", "1e3", "epochs must be a whole number of at least 1, found 1e3 (from --set)"),
            ("epochs", "", "epochs must be a whole number of at least 1, found \"\" (from --set)"),
            ("epochs", "none", "epochs must be a whole number of at least 1, found none (from --set)"),
            (
                "epochs", "9223372036854775808",
                "epochs must be at most 1000000, found 9223372036854775808 (from --set)"
            ),
            ("seed", "-1", "seed must be at least 0, found -1 (from --set)"),
            ("steps", "0", "steps must be at least 1, or none, found 0 (from --set)"),
            ("optimizer.learning_rate", "nan", "be a decimal number at least 0, found nan"),
            ("optimizer.learning_rate", "inf", "be a decimal number at least 0, found inf"),
            ("optimizer.learning_rate", "0x1p3", "be a decimal number at least 0, found 0x1p3"),
            ("optimizer.learning_rate", "1.", "be a decimal number at least 0, found 1."),
            ("optimizer.learning_rate", "1e", "be a decimal number at least 0, found 1e"),
            ("optimizer.learning_rate", "0,1", "be a decimal number at least 0, found 0,1"),
            ("optimizer.learning_rate", "1e999", "be at most 3.4028235e+38, found 1e999"),
            ("optimizer.learning_rate", "1e39", "be at most 3.4028235e+38, found 1e39"),
            ("optimizer.learning_rate", "-0.1", "be at least 0, found -0.1"),
            ("optimizer.momentum", "1", "be at least 0 and below 1, found 1"),
            ("optimizer.momentum", "0.999999999999", "be at least 0 and below 1, found 0.999999999999"),
            ("optimizer.epsilon", "0", "be above 0, found 0"),
            ("optimizer.epsilon", "1e-60", "be above 0, found 1e-60"),
            ("schedule.final_fraction", "1.5", "be from 0 to 1, found 1.5"),
            ("optimizer.nesterov", "yes", "be true or false, found yes"),
            (
                "optimizer.name", "banana",
                "be sgd, adam, adamw, nadam, radam, adagrad, rmsprop, adadelta, lion, lars, lamb, lbfgs, bfgs or newton_cg, found banana"
            ),
            ("optimizer.decay", "", "be all or matrices, found \"\""),
            (
                "schedule.name", "steep",
                "be constant, step, exponential, inverse_time, polynomial, linear, cosine, cosine_restarts, one_cycle, triangular, triangular2, exp_range or plateau, found steep"
            ),
            (
                "model.hidden", "[64, 0]",
                "be a list of whole numbers from 1 to 1000000, such as [512, 256] or [], found [64, 0]"
            ),
            (
                "model.hidden", "64,",
                "be a list of whole numbers from 1 to 1000000, such as [512, 256] or [], found 64,"
            ),
            ("model.hidden", "", "be a list of whole numbers from 1 to 1000000, such as [512, 256] or [], found \"\""),
            ("model.name", " ", "be a text that is neither empty nor none, found \" \""),
            ("data.path", "", "be a text that is neither empty nor none, found \"\""),
        ])
    func badValue(key: String, value: String, expected: String) {
        var settings = Settings(schema)
        let text = message { try settings.apply([SettingOverride(assignment: "\(key)=\(value)")]) }
        let whole = expected.hasPrefix(key) ? expected : "\(key) must \(expected) (from --set)"
        #expect(text == whole)
        #expect(settings == Settings(schema))
    }

    @Test("The source of a flag is the flag")
    func flagSource() {
        var settings = Settings(schema)
        let override = SettingOverride(key: "global_batch", value: "0", source: "--global-batch")
        #expect(
            message { try settings.apply([override]) }
                == "global_batch must be at least 1, or full, found 0 (from --global-batch)")
    }

    @Test(
        "An unknown key suggests what was probably meant",
        arguments: [
            ("optimizer.momentun", "optimizer.momentum"), ("learning_rate", "optimizer.learning_rate"),
            ("learning-rate", "optimizer.learning_rate"), ("epoch", "epochs"), ("global-batch", "global_batch"),
            ("optimiser.beta1", "optimizer.beta1"), ("momentun", "optimizer.momentum"), ("sede", "seed"),
            ("Threads", "threads"), ("optimizer.lerning_rate", "optimizer.learning_rate"),
        ])
    func suggestion(typed: String, meant: String) {
        var settings = Settings(schema)
        #expect(
            message { try settings.apply([(typed, "1")], source: "--set") }
                == "unknown setting \(typed) (from --set); did you mean \(meant)? 'lockstep settings' lists them all")
    }

    @Test(
        "What PyTorch, Keras and Hugging Face call a setting is understood",
        arguments: [
            ("lr", "optimizer.learning_rate"), ("optimizer.lr", "optimizer.learning_rate"),
            ("wd", "optimizer.weight_decay"), ("batch_size", "global_batch"), ("batch-size", "global_batch"),
            ("batch", "global_batch"), ("BS", "global_batch"), ("num_epochs", "epochs"), ("max_steps", "steps"),
            ("n_head", "model.heads"), ("warmup", "schedule.warmup_steps"), ("grad_clip", "clip.global_norm"),
            ("random_seed", "seed"), ("optim", "optimizer.name"), ("optimizer.eps", "optimizer.epsilon"),
        ])
    func alias(typed: String, meant: String) { suggestion(typed: typed, meant: meant) }

    @Test("Every alias leads to a setting, and none is the name of one")
    func aliases() {
        let names = Set(schema.keys.map(\.name))
        for (alias, key) in schema.aliases {
            #expect(names.contains(key), "\(alias)")
            #expect(!names.contains(alias), "\(alias)")
        }
    }

    @Test("A text that is far longer than all names resembles none, however it ends")
    func longName() {
        let typed = String(repeating: "x", count: 20_000) + ".optimizer.learning_rate"
        var settings = Settings(schema)
        #expect(
            message { try settings.apply([(typed, "1")], source: "--set") }.hasSuffix(
                "xxx… (from --set); 'lockstep settings' lists them all"))
    }

    @Test("An unknown key that resembles none suggests none", arguments: ["banana", "x", "optimizer.rho_infinity"])
    func noSuggestion(typed: String) {
        var settings = Settings(schema)
        #expect(
            message { try settings.apply([(typed, "1")], source: "--set") }
                == "unknown setting \(typed) (from --set); 'lockstep settings' lists them all")
    }

    @Test("--set needs a key and an equals sign", arguments: ["momentum", "=3", ""])
    func notAnAssignment(text: String) {
        let shown = text.isEmpty ? "\"\"" : text
        #expect(message { _ = try SettingOverride(assignment: text) } == "--set takes KEY=VALUE, found \(shown)")
    }

    @Test("Nesterov needs momentum; a run may be shorter than its warm-up")
    func conflicts() throws {
        var settings = Settings(schema)
        settings.recipe = "digits"
        try settings.validate()
        settings.schedule.warmupSteps = 100
        settings.steps = 100
        try settings.validate()
        (settings[SGDSettings.self].momentum, settings[SGDSettings.self].nesterov) = (0.9, true)
        try settings.validate()
        settings[SGDSettings.self].momentum = 0
        #expect(
            message(of: settings.validate)
                == "optimizer.nesterov needs optimizer.momentum above 0; raise it or drop nesterov")
    }

    @Test("A schedule that follows the evaluations needs some")
    func plateauConflict() throws {
        var settings = Settings(schema)
        settings.recipe = "digits"
        settings.schedule.name = .plateau
        try settings.validate()
        settings.evaluate.every = 0
        #expect(
            message(of: settings.validate)
                == "schedule.name plateau needs evaluations; set evaluate.every to 1 or more")
    }

    static let combinationConflicts: [(values: [String], part: String)] = [
        (
            ["compression.name=bf16", "communication.combination=adasum"],
            "communication.combination adasum needs the gradients as they are; set compression.name=none"
        ),
        (
            ["compression.name=sign", "optimizer.name=lbfgs"],
            "optimizer.name lbfgs needs the gradient as it is, not by compression.name sign; set compression.name=none"
        ),
        (
            ["communication.combination=adasum", "optimizer.name=newton_cg"],
            "needs the gradient as it is, not by communication.combination adasum; set communication.combination=sum"
        ),
        (
            ["compression.name=fp16", "communication.path=shared_memory"],
            "compression.name fp16 travels by messages, not by communication.path shared_memory"
        ),
        (
            ["compression.name=powersgd", "model.batch_norm=synchronized"],
            "compression.name powersgd depends on the shards, and with model.batch_norm synchronized these are the ranks"
        ),
        (
            ["communication.combination=adasum", "model.batch_norm=synchronized"],
            "set communication.combination=sum, or batch_norm to shard"
        ),
    ]

    @Test("What compression and Adasum do not go together with is refused", arguments: combinationConflicts)
    func combinationConflict(values: [String], part: String) throws {
        var settings = Settings(schema)
        settings.recipe = "digits"
        try settings.apply([SettingOverride(assignment: "model.batch_norm=synchronized")])
        try settings.apply([SettingOverride(assignment: "compression.name=bf16")])
        try settings.validate()
        settings.model.batchNorm = .shard
        settings.compression.name = .none
        try settings.apply(values.map { try SettingOverride(assignment: $0) })
        settings.schedule.name = .constant
        let text = message(of: settings.validate)
        #expect(text.contains(part), "\(text)")
    }

    @Test("Values set in code are checked too")
    func validateInCode() {
        var settings = exampleSettings()
        #expect(message(of: settings.validate) == "no error")
        settings.threads = 0
        #expect(message(of: settings.validate) == "threads must be at least 1, found 0 (from code)")
    }
}
