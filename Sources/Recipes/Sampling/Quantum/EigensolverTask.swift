import Circuits
import Datasets
import Layers
import Settings
import TensorEngine
import Training

/// The least energy of H₂ over the angles of a circuit. A sample is a term of the Hamiltonian: shards have circuits to measure.
struct EigensolverTask: TrainingTask {
    let trainingData, testData: ChainNumbers
    let modelSummary: String
    let dataSummary = "H2 at 0.7414 Å in STO-3G: 15 Pauli strings on 4 qubits, ground state -1.13727 Hartree"
    private let circuit: Circuit
    private let angles: Parameter

    var model: any Parameterized { ParameterTree([("angles", angles)]) }

    /// Full configuration interaction: the least eigenvalue of the Hamiltonian (PennyLane, `reference_circuits.py`).
    private static let groundState = -1.13727017

    init(_ settings: Settings) throws {
        var circuit = Circuit(qubits: 4)
        // two electrons in the lowest orbital (Hartree and Fock)
        circuit.add(.pauliX, 0)
        circuit.add(.pauliX, 1)
        var next = 0
        switch settings.quantum.ansatz {
        case .excitation:
            circuit.add(.pauliRotation([.y, .x, .x, .x]), 0, 1, 2, 3, angle: .parameter(0))
            next = 1
        case .layers: for _ in 0..<settings.quantum.layers { circuit.addRotations(from: &next) }
        }
        var random = InitializationRandom(seed: settings.seed)
        angles = Initializer.uniform(bound: 0.1).parameter(shape: [next], fanIn: 1, fanOut: 1, random: &random)
        self.circuit = circuit
        let terms = Observable.hydrogen.terms.count
        (trainingData, testData) = (ChainNumbers(count: terms), ChainNumbers(count: terms))
        modelSummary = "vqe, \(settings.quantum.ansatz.rawValue), \(next) \(next == 1 ? "angle" : "angles")"
    }

    /// The energy of some terms; all of them have the weight 1.
    func loss(_ batch: [Int], _ context: ForwardContext) -> SummedLoss {
        let part = Observable(batch.map { Observable.hydrogen.terms[$0] })
        let energy = circuit.expectations([part], angles.value.reshaped(to: [1, angles.shape[0]])).sum()
        return SummedLoss(sum: energy, weightSum: Double(batch.count) / Double(trainingData.count))
    }

    func evaluate(_ batch: [Int]) -> EvaluationSums {
        let energy = Observable(batch.map { Observable.hydrogen.terms[$0] })
        let value = circuit.expectation(energy, angles.value.values.map(Double.init))
        return EvaluationSums(
            loss: value, terms: Double(batch.count) / Double(trainingData.count), correct: nil, samples: batch.count,
            details: [value])
    }

    /// The energy, and how far it is above the ground state's, in Hartree.
    func metrics(_ details: [Double]) -> [String: Double] {
        guard let energy = details.first else { return [:] }
        return ["energy": energy, "above_ground_state": energy - Self.groundState]
    }
}
