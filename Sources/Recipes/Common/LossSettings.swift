import Layers
public import Settings

/// The loss of a classification, and how it weights its samples.
public struct LossSettings: SettingsGroup {
    /// Which loss is trained with.
    public var name = LossName.crossEntropy
    /// The weights of the two terms of the symmetric cross-entropy.
    public var alpha = 0.1, beta = 1.0
    /// The exponent of the generalized cross-entropy.
    public var exponent = 0.7
    /// The weight of the label in bootstrapping.
    public var labelWeight = 0.8
    /// The exponent of the focal loss.
    public var gamma = 2.0
    /// The weight of each class.
    public var classWeights = ClassWeights.none
    /// Whether samples are drawn so that all classes are equally likely.
    public var balancedSampling = false

    public init() {}

    public static let prefix = "loss"
    public static let title = "loss: loss of classification, class weights and balanced sampling"
    public static let keys: [Setting<Self>] = [
        Setting(
            "name", \.name, .choice, aliases: ["criterion"],
            "loss in training; symmetric or generalized cross-entropy or bootstrapping with noisy labels, focal with rare "
                + "classes; evaluations have the cross-entropy"),
        Setting(
            "alpha", \.alpha, .number(.zeroOrMore), changesInTraining: true, usedWhen: [when(.symmetric)],
            "weight of the cross-entropy in symmetric"),
        Setting(
            "beta", \.beta, .number(.zeroOrMore), changesInTraining: true, usedWhen: [when(.symmetric)],
            "weight of the reverse cross-entropy in symmetric"),
        Setting(
            "exponent", \.exponent, .number(.share), changesInTraining: true, usedWhen: [when(.generalized)],
            "exponent q of generalized: near 0 the cross-entropy, 1 the mean absolute error"),
        Setting(
            "label_weight", \.labelWeight, .number(.fraction), changesInTraining: true,
            usedWhen: [when(.softBootstrap, .hardBootstrap)],
            "weight of the label in bootstrapping; the rest is the model's prediction"),
        Setting(
            "gamma", \.gamma, .number(.zeroOrMore), changesInTraining: true, usedWhen: [when(.focal)],
            aliases: ["focal_gamma"],
            "exponent of the focal loss: how much less samples count that are classified right"),
        Setting(
            "class_weights", \.classWeights, .classWeights,
            "class weights, as of PyTorch's CrossEntropyLoss(weight): the loss is a mean weighted by the class of each sample, "
                + "in training and evaluation; balanced: samples / (classes · samples of the class); or NAME=WEIGHT,… with 1 "
                + "for the others, names with a comma in double quotes"),
        Setting(
            "balanced_sampling", \.balancedSampling, .flag,
            "draw training samples with replacement, all classes equally likely, as PyTorch's WeightedRandomSampler"),
    ]

    private static func when(_ names: LossName...) -> SettingCondition {
        .when("loss.name", names.map(\.rawValue).joined(separator: " or ")) { names.contains($0.loss.name) }
    }

    /// The loss with its parameters.
    var kind: ClassificationLoss {
        switch name {
        case .crossEntropy: .crossEntropy
        case .symmetric: .symmetric(alpha: Float(alpha), beta: Float(beta))
        case .generalized: .generalized(q: Float(exponent))
        case .softBootstrap: .softBootstrap(beta: Float(labelWeight))
        case .hardBootstrap: .hardBootstrap(beta: Float(labelWeight))
        case .focal: .focal(gamma: Float(gamma))
        }
    }
}

/// The losses of a classification.
public enum LossName: String, Sendable, CaseIterable {
    /// The usual one.
    case crossEntropy = "cross-entropy"
    /// With the reverse cross-entropy.
    case symmetric = "symmetric"
    /// Between cross-entropy and mean absolute error.
    case generalized = "generalized"
    /// With the model's probabilities as part of the target.
    case softBootstrap = "soft-bootstrap"
    /// With the model's class as part of the target.
    case hardBootstrap = "hard-bootstrap"
    /// Focal loss.
    case focal
}

/// How much the samples of a class count in the loss.
public enum ClassWeights: Sendable, Equatable {
    /// All alike.
    case none
    /// Each class as much as any other: samples / (classes · samples of the class).
    case balanced
    /// Some classes by name; the others have the weight 1.
    case named([ClassWeight])
}

/// The weight of a class.
public struct ClassWeight: Sendable, Equatable {
    /// The name of the class.
    public var name: String
    /// At least 0.
    public var weight: Double

    /// The weight of the class `name`.
    public init(name: String, weight: Double) { (self.name, self.weight) = (name, weight) }
}

extension Settings {
    /// How the loss of a classification weights its samples.
    public var loss: LossSettings {
        get { self[LossSettings.self] }
        set { self[LossSettings.self] = newValue }
    }
}

extension SettingForm where Value == ClassWeights {
    /// `none`, `balanced`, or pairs such as `spam=5,"no, thanks"=0.5`.
    static var classWeights: SettingForm {
        let number = SettingForm<Double>.number(.zeroOrMore)
        let rejection = SettingRejection(
            requirement: "be none, balanced, or pairs NAME=WEIGHT with weights of at least 0, such as spam=5,ham=1")
        return SettingForm(allowed: "none, balanced or NAME=WEIGHT,…", kind: .text) { text throws(SettingRejection) in
            if text.trimmed == "none" { return .none }
            if text.trimmed == "balanced" { return .balanced }
            var weights: [ClassWeight] = []
            for item in quotedItems(text) {
                guard let equals = item.lastIndex(of: "="),
                    let weight = try? number.parse(String(item[item.index(after: equals)...]))
                else { throw rejection }
                weights.append(ClassWeight(name: unquoted(String(item[..<equals]).trimmed), weight: weight))
            }
            return .named(weights)
        } check: { weights throws(SettingRejection) in
            guard case .named(let weights) = weights else { return }
            for (index, weight) in weights.enumerated() {
                guard !weight.name.isEmpty, !weights[..<index].contains(where: { $0.name == weight.name }),
                    (try? number.check(weight.weight)) != nil
                else { throw rejection }
            }
        } text: { weights in
            switch weights {
            case .none: "none"
            case .balanced: "balanced"
            case .named(let weights):
                weights.map { "\(quoted($0.name))=\(number.text($0.weight))" }.joined(separator: ",")
            }
        }
    }
}

/// What stands between the commas of `text` that are not in double quotes.
private func quotedItems(_ text: String) -> [String] {
    var (items, isQuoted) = ([""], false)
    for character in text {
        if character == "\"" { isQuoted.toggle() }
        if character == ",", !isQuoted { items.append("") } else { items[items.count - 1].append(character) }
    }
    return items
}

/// `name` in double quotes, doubled within, where it needs them.
private func quoted(_ name: String) -> String {
    let needsQuotes =
        name.contains { ",\"=".contains($0) } || name.trimmed != name || ["none", "balanced"].contains(name)
    return needsQuotes ? "\"" + name.replacing("\"", with: "\"\"") + "\"" : name
}

private func unquoted(_ text: String) -> String {
    guard text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return text }
    return String(text.dropFirst().dropLast().replacing("\"\"", with: "\""))
}
