import Foundation
import TestSupport
import Testing

@Suite("Settings of the recipe bayes")
struct BayesConflictTests {
    private static let known: [(model: String, values: [String], found: String, expected: String)] = [
        ("sgld", ["optimizer.name=adam"], "optimizer.name is adam", "set it to sgd"),
        (
            "sghmc", ["optimizer.nesterov=true"], "optimizer.nesterov is true", "set it to false"
        ),
        ("sgld", ["optimizer.groups=[*.bias=0.5]"], "optimizer.groups gives", "set it to []"),
        ("sgld", ["clip.value=1"], "clip.value is 1", "set it to 0"),
        ("sghmc", ["clip.parameter_norm=2"], "clip.parameter_norm is 2", "set it to 0"),
        ("sghmc", ["clip.global_norm=3"], "clip.global_norm is 3", "set it to 0"),
        ("sgld", ["compression.name=bf16"], "compression.name is bf16", "set it to none"),
        ("sgld", ["communication.combination=adasum"], "communication.combination is adasum", "set it to sum"),
        ("sgld", ["optimizer.weight_decay=0.1"], "optimizer.weight_decay is 0.1", "set it to 0"),
        ("swag", ["optimizer.l2=0.1"], "optimizer.l2 is 0.1", "set it to 0"),
        ("full-covariance", ["optimizer.l1=0.1"], "optimizer.l1 is 0.1", "set it to 0"),
        ("backprop", ["optimizer.name=adamw"], "optimizer.weight_decay is 0.01", "set it to 0"),
        ("swag", ["local.steps=2"], "local.steps is 2", "set it to 0"),
        ("laplace-diagonal", ["average.name=ema"], "average.name is ema", "set it to none"),
        ("laplace-kronecker", ["early_stopping.patience=3"], "early_stopping.patience is 3", "bayes.fit_every"),
        ("laplace-last-layer", ["checkpoint.best=loss"], "checkpoint.best is loss", "set bayes.fit_every"),
    ]

    @Test("that spoil a posterior are found, with what to set", arguments: known)
    func conflicts(model: String, values: [String], found: String, expected: String) throws {
        let error = #expect(throws: (any Error).self) {
            try SamplingTask("bayes", ["data.path=none", "model.name=\(model)"] + values)
        }
        let text = "\(try #require(error))"
        #expect(text.contains(found) && text.contains(expected) && text.hasPrefix(model), "\(text)")
        #expect(!text.contains("\n"))
    }

    @Test("that the other models and recipes may have are theirs")
    func allowed() throws {
        let folder = try TemporaryFolder()
        try ExampleImages.write(to: folder("data"))
        let data = ["data.path=\(folder("data"))", "model.hidden=[4]"]
        for values in [
            ["model.name=dropout", "optimizer.weight_decay=0.1", "average.name=ema", "clip.global_norm=1"],
            ["model.name=ensemble", "optimizer.name=adamw"], ["model.name=swag", "clip.global_norm=1"],
            ["model.name=laplace-diagonal", "early_stopping.patience=2", "bayes.fit_every=5"],
        ] {
            #expect(throws: Never.self) { _ = try SamplingTask("bayes", data + values) }
        }
        #expect(throws: Never.self) {
            _ = try SamplingTask("fashion-mnist", ["data.path=\(folder("data"))", "optimizer.l2=0.1"])
        }
    }

    @Test("of matrices that are too large are found", arguments: ["full-covariance", "laplace-last-layer"])
    func sizes(model: String) throws {
        let folder = try TemporaryFolder()
        try ExampleImages.write(to: folder("data"))
        let error = #expect(throws: (any Error).self) {
            try SamplingTask(
                "bayes", ["data.path=\(folder("data"))", "model.name=\(model)", "model.hidden=[500]"])
        }
        let rows = model == "full-covariance" ? 785 * 500 : 501 * 10
        #expect("\(try #require(error))".contains("784-500-10 has \(rows) rows, and at most 4096"))
    }

    @Test("have a known noise for numbers only")
    func noise() throws {
        let folder = try TemporaryFolder()
        try ExampleImages.write(to: folder("data"))
        let error = #expect(throws: (any Error).self) {
            try SamplingTask("bayes", ["data.path=\(folder("data"))", "bayes.noise=0.1", "model.hidden=[4]"])
        }
        #expect("\(try #require(error))".contains("bayes.noise is 0.1"))
    }
}
