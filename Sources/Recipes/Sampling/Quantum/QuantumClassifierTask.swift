import Circuits
import Datasets
import Layers
import Settings
import TensorEngine
import Training

/// A circuit that classifies records: features as angles before every layer, then a linear layer of the expectations of Z.
struct QuantumClassifierTask: TrainingTask {
    let trainingData, testData: BayesSamples
    let modelSummary, dataSummary: String
    let dataNotes: [String]
    let preparation: Preparation
    let classNames: [String]
    private let circuit: Circuit
    private let observables: [Observable]
    private let angles: Parameter
    private let encoder: Linear?
    private let head: Linear

    var model: any Parameterized {
        ParameterTree(
            (encoder.map { [("encoder", $0)] } ?? []) + [("angles", angles), ("head", head)]
                as [(String, any ParameterTreeElement)])
    }

    init(_ settings: Settings, _ data: QuantumData) {
        let quantum = settings.quantum
        let qubits = min(data.inputs, quantum.qubits)
        var random = InitializationRandom(seed: settings.seed)
        var circuit = Circuit(qubits: qubits)
        // parameters: the features, then the angles that are learned
        var next = qubits
        for _ in 0..<quantum.layers {
            for qubit in 0..<qubits { circuit.add(.rotationY, qubit, angle: .parameter(qubit)) }
            circuit.addRotations(from: &next)
        }
        self.circuit = circuit
        observables = (0..<qubits).map { .z($0, qubits: qubits) }
        angles = Initializer.uniform(bound: Float.pi).parameter(
            shape: [next - qubits], fanIn: 1, fanOut: 1, random: &random)
        encoder = data.inputs > qubits ? Linear(data.inputs, qubits, random: &random) : nil
        head = Linear(qubits, data.classNames.count, random: &random)
        (trainingData, testData, classNames) = (data.training, data.test, data.classNames)
        (dataSummary, dataNotes, preparation) = (data.summary, data.notes, data.preparation)
        modelSummary =
            "variational classifier, \(qubits) \(qubits == 1 ? "qubit" : "qubits"), \(circuit.operations.count) gates"
    }

    private func logits(_ batch: BayesBatch, _ context: ForwardContext) -> Tensor {
        let x = encoder.map { $0(batch.inputs, context) } ?? batch.inputs
        let width = angles.shape[0]
        let learned = angles.value.reshaped(to: [1, width]).broadcast(to: [x.shape[0], width])
        let z = circuit.expectations(observables, .concatenated([x, learned], alongAxis: 1))
        return head(z, context)
    }

    private func labels(_ batch: BayesBatch) -> Indices { Indices(batch.targets.map { Int32($0) }) }

    func loss(_ batch: BayesBatch, _ context: ForwardContext) -> SummedLoss {
        softmaxCrossEntropy(logits(batch, context), labels(batch))
    }

    func evaluate(_ batch: BayesBatch) -> EvaluationSums {
        let (logits, labels) = (logits(batch, .inference()), labels(batch))
        let loss = softmaxCrossEntropy(logits, labels)
        return EvaluationSums(loss, correct: logits.argmax().matches(labels), samples: batch.samples.count)
    }
}

extension Circuit {
    /// Adds rotations of every qubit about z, y and z, with parameters from `next` on, and a ring of controlled NOTs.
    mutating func addRotations(from next: inout Int) {
        for qubit in 0..<qubits {
            for gate in [Gate.rotationZ, .rotationY, .rotationZ] {
                add(gate, qubit, angle: .parameter(next))
                next += 1
            }
        }
        // a ring of two would undo itself
        for qubit in 0..<(qubits > 2 ? qubits : qubits - 1) { add(.pauliX, (qubit + 1) % qubits, controls: [qubit]) }
    }
}
