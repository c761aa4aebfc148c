public import Settings
import Training

/// The circuits of the recipe `quantum`.
public struct QuantumSettings: SettingsGroup {
    /// The circuit of VQE.
    public enum Ansatz: String, Sendable, CaseIterable {
        /// The only excitation that the symmetries of H₂ allow: one parameter.
        case excitation
        /// Layers of rotations and controlled gates.
        case layers
    }

    /// Qubits of the classifier; more features than these go through a linear layer first.
    public var qubits = 6
    /// Layers of rotations and controlled gates.
    public var layers = 3
    /// The circuit of VQE.
    public var ansatz = Ansatz.excitation

    public init() {}

    public static let prefix = "quantum"
    public static let title = "quantum: variational circuits"
    public static let keys: [Setting<Self>] = [
        Setting(
            "qubits", \.qubits, .whole(atLeast: 1, atMost: 16), usedWhen: [isClassifier],
            aliases: ["n_qubits", "wires"],
            "qubits at most; more features than qubits go through a linear layer first"),
        Setting(
            "layers", \.layers, .whole(atLeast: 1, atMost: 1000), usedWhen: [hasLayers],
            "layers of rotations of each qubit, and of a ring of controlled NOTs"),
        Setting(
            "ansatz", \.ansatz, .choice, usedWhen: [isEigensolver],
            "circuit of VQE: the excitation of H2's electrons (UCCD, one parameter), or layers of rotations"),
    ]

    private static let isClassifier = SettingCondition.model("classifier")
    private static let isEigensolver = SettingCondition.model("vqe")
    private static let hasLayers = SettingCondition.when("model.name classifier or quantum.ansatz", "layers") {
        $0.model.name == "classifier" || $0.quantum.ansatz == .layers
    }
}

extension Settings {
    /// The circuits of the recipe `quantum`.
    public var quantum: QuantumSettings {
        get { self[QuantumSettings.self] }
        set { self[QuantumSettings.self] = newValue }
    }
}
