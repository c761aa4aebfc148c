import ArgumentParser
import Communication
import Datasets
import Explanations
import Export
import Foundation
import MPICommunication
import Messages
import RunRecords
import Training

struct ExplainPredictionCommand<Program: LockstepProgram>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "explain-prediction",
            abstract:
                "Explain what a trained model's predictions depend on: heat maps of images, tables of columns and tokens.",
            discussion: """
                INPUT is what `predict` takes; of other models that `export` knows, a .npy file of the inputs.

                Methods: \(ExplanationMethod.allCases.map(\.rawValue).joined(separator: ", ")).

                Of an image DIR/NAME-METHOD.png has the image and its heat map side by side: red speaks for the output that is \
                explained, blue against it. Of a row or a text the contributions are printed. Methods that are complete say \
                beside what the contributions add up to.
                """)
    }

    @Argument(help: savedRunHelp, completion: .directory)
    var path: String

    @Argument(help: "The samples, as for predict; default: stdin.", completion: .file())
    var input: String?

    @Option(help: ArgumentHelp("Index of a test sample, or of a row of INPUT; can be repeated.", valueName: "n"))
    var index: [Int] = []

    @Option(help: ArgumentHelp("The method; can be repeated, or several with commas.", valueName: "name"))
    var method: [String] = ["integrated-gradients"]

    @Option(
        help: ArgumentHelp(
            "The output to explain: a class or a number from 0; default: the likeliest.", valueName: "class"))
    var target: String?

    @Option(help: ArgumentHelp("The directory of the files; default: RUN-explanations.", valueName: "dir"))
    var output: String?

    @Option(help: ArgumentHelp("The layer of grad-cam and activation-maximization.", valueName: "name"))
    var layer: String?

    @Option(
        help: ArgumentHelp(
            "Write the activations of a layer as DIR/NAME-LAYER.npy; can be repeated, all: of every layer.",
            valueName: "layer"))
    var activations: [String] = []

    @Flag(help: "Write the contributions as DIR/NAME-METHOD.npy, too.")
    var npy = false

    @Option(
        help: ArgumentHelp(
            "What integrated gradients begin at and occlusion puts in, as the model takes it.", valueName: "x"))
    var baseline: Float = 0

    @Option(help: ArgumentHelp("Points of integrated gradients, samples of SmoothGrad.", valueName: "n"))
    var steps = 50

    @Option(
        help: ArgumentHelp(
            "Standard deviation, in pixels, of the blur that images of activation-maximization have; 0 = none.",
            valueName: "x"))
    var blur: Float = 1

    @Option(help: ArgumentHelp("Noise of SmoothGrad, as a part of the input's range.", valueName: "x"))
    var noise: Float = 0.15

    @Option(help: ArgumentHelp("Seed of noise.", valueName: "n"))
    var seed: UInt64 = 0

    @Option(help: ArgumentHelp("ε of lrp-epsilon.", valueName: "x"))
    var epsilon: Float = 1e-6

    @Option(help: ArgumentHelp("γ of lrp-gamma.", valueName: "x"))
    var gamma: Float = 0.25

    @Option(help: ArgumentHelp("Side of occlusion's squares.", valueName: "n"))
    var window = 4

    @Option(help: ArgumentHelp("Distance between occlusion's squares; default: half their side.", valueName: "n"))
    var stride: Int?

    @Option(help: ArgumentHelp("File or directory of the test data, for --index.", valueName: "path"))
    var data: String?

    func validate() throws {
        _ = try methods
        for (name, value) in [("--steps", steps), ("--window", window), ("--stride", stride ?? 1)]
        where !(1...100_000).contains(value) {
            throw ValidationError("\(name) must be from 1 to 100000, found \(value)")
        }
        for (name, value) in [("--noise", noise), ("--epsilon", epsilon), ("--gamma", gamma), ("--blur", blur)]
        where !(value >= 0 && value.isFinite) {
            throw ValidationError("\(name) must be at least 0, found \(value)")
        }
        guard baseline.isFinite else { throw ValidationError("--baseline must be a finite number, found \(baseline)") }
    }

    private var methods: [ExplanationMethod] {
        get throws {
            try method.flatMap { $0.split(separator: ",") }.map { name in
                guard let method = ExplanationMethod(rawValue: name.trimmingCharacters(in: .whitespaces)) else {
                    throw ValidationError(
                        "there is no method \"\(name)\"; there are: \(ExplanationMethod.allCases.map(\.rawValue).joined(separator: ", "))"
                    )
                }
                return method
            }
        }
    }

    func run() {
        LockstepProcess.run { communicator, _ in
            try communicator.agree {
                guard communicator.rank == 0 else { return }
                let overrides = data.map { [SettingOverride(key: "data.path", value: $0, source: "--data")] } ?? []
                let model = try ExplainedModel.saved(at: path, overrides: overrides, catalog: Program.catalog)
                let explainer = try Explainer(model.function, of: model.export.model)
                var request = PredictionRequest(input: input)
                request.testSamples = index
                let report = ExplanationReport(
                    explainer: explainer, outputNames: model.outputNames, directory: directory, writesArrays: npy)
                for sample in try model.samples(request) {
                    try explain(sample, report)
                }
            }
            return 0
        }
    }

    private func explain(_ sample: ExplainedSample, _ report: ExplanationReport) throws {
        let outputs = report.explainer.outputs(sample.arguments)
        let target = try report.target(target, of: outputs)
        Terminal.show(report.header(sample, outputs, target))
        for method in try methods {
            if method == .activationMaximization {
                var search = ActivationMaximization()
                (search.steps, search.seed, search.blur) = (max(steps, 200), seed, blur)
                try report.maximize(sample, target: target, layer: layer, search)
            } else {
                try report.explain(sample, method, try attribution(method, sample), target: target)
            }
        }
        let layers = activations == ["all"] ? report.explainer.layers : activations
        for layer in layers { try report.writeActivations(of: layer, sample) }
    }

    /// The method with the options that are for it.
    private func attribution(_ method: ExplanationMethod, _ sample: ExplainedSample) throws -> AttributionMethod {
        switch method {
        case .saliency: .saliency
        case .inputTimesGradient: .inputTimesGradient
        case .integratedGradients: .integratedGradients(steps: steps, baseline: baseline)
        case .smoothGrad: .smoothGrad(samples: steps, noise: noise, seed: seed)
        case .gradCAM, .activationMaximization: .gradCAM(layer: layer)
        case .relevanceByEpsilon: .relevance(.epsilon(epsilon))
        case .relevanceByGamma: .relevance(.gamma(gamma))
        case .relevanceByAlphaBeta: .relevance(.alpha1Beta0)
        case .relevanceByZPlus: .relevance(.zPlus)
        case .occlusion:
            switch sample.parts {
            case .named(let parts): .occlusion(.ranges(parts.map(\.elements)), baseline: baseline)
            case .image(let height, let width, let channels):
                .occlusion(
                    .squares(
                        size: window, stride: stride ?? max(1, window / 2), height: height, width: width,
                        channels: channels), baseline: baseline)
            }
        }
    }

    private var directory: String {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return output ?? "\(path)-explanations"
    }
}

/// The methods by the names of the command line.
enum ExplanationMethod: String, CaseIterable {
    case saliency, occlusion
    case inputTimesGradient = "input-x-gradient"
    case integratedGradients = "integrated-gradients"
    case smoothGrad = "smooth-grad"
    case gradCAM = "grad-cam"
    case relevanceByEpsilon = "lrp-epsilon"
    case relevanceByGamma = "lrp-gamma"
    case relevanceByAlphaBeta = "lrp-alpha1-beta0"
    case relevanceByZPlus = "lrp-z-plus"
    case activationMaximization = "activation-maximization"
}
