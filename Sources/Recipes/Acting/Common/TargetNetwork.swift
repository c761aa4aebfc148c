import Communication
import TensorEngine
import Training

/// A copy of parameters that follows them: at once now and then, or by a moving average. The same on every rank.
final class TargetNetwork: Persistent {
    private let parameters: [Parameter]
    private let kept: KeptNumbers
    private var values: [Tensor] = []

    /// A copy of the parameters of `tree`, kept under `name`.
    init(of tree: ParameterTree, name: String) {
        parameters = tree.named.map(\.parameter)
        kept = KeptNumbers(name, shape: [parameters.reduce(0) { $0 + $1.shape.count }])
        follow(1)
    }

    /// Goes a part τ of the way to the parameters: target ← (1 - τ)·target + τ·parameter.
    func follow(_ tau: Float) {
        var start = 0
        for parameter in parameters {
            parameter.value.withElements { elements in
                for index in elements.indices {
                    let old = kept.elements[start + index]
                    kept.elements[start + index] = tau == 1 ? elements[index] : (1 - tau) * old + tau * elements[index]
                }
            }
            start += parameter.shape.count
        }
        makeValues()
    }

    private func makeValues() {
        var start = 0
        values = parameters.map { parameter in
            defer { start += parameter.shape.count }
            return Tensor(shape: parameter.shape) { target in
                for index in target.indices { target[index] = kept.elements[start + index] }
            }
        }
    }

    /// Runs `body` with the copy in place of the parameters.
    func inPlace<Result>(_ body: () throws -> Result) rethrows -> Result {
        try withValues(values, of: parameters, body)
    }

    var stateTensors: [PersistentTensor] { kept.stateTensors }

    func distribute(over communicator: any Communicator) throws {
        try kept.distribute(over: communicator)
        makeValues()
    }
}
