import Foundation
import Kernels
import TensorEngine
import Testing

@Suite("Every operation")
struct OperationTableTests {
    /// A scalar of the case's output that weighs each element differently.
    private func scalar(_ operation: OperationCase, _ inputs: [Tensor]) -> Tensor {
        let output = operation.compute(inputs)
        var generator = PhiloxGenerator(seed: 99, purpose: .test, stream: 1)
        let weights = Tensor(shape: output.shape) { generator.fill($0, uniformIn: 0.5...1.5) }
        return (output * weights).sum()
    }

    /// The inputs with one element changed.
    private func moved(_ inputs: [Tensor], _ input: Int, _ element: Int, by step: Float) -> [Tensor] {
        var inputs = inputs
        var values = inputs[input].values
        values[element] += step
        inputs[input] = Tensor(values, shape: inputs[input].shape)
        return inputs
    }

    private func gradient(_ operation: OperationCase, _ inputs: [Tensor], createsGraph: Bool = false) -> [Tensor] {
        let variables = inputs.map { $0.isTracked ? $0 : $0.tracked }
        return gradients(of: scalar(operation, variables), withRespectTo: variables, createsGraph: createsGraph)
    }

    /// Central differences with step h err by about h²·f‴/6 + 2⁻²⁴·|f|/h: with h = 2⁻⁷ and |f| near 10 both are below 10⁻⁴.
    private static let step: Float = 0x1p-7
    private func isClose(_ found: Float, _ expected: Float) -> Bool {
        abs(found - expected) <= 2e-3 * max(1, abs(expected))
    }

    @Test("has the gradient that differences show", arguments: operationTable)
    func firstDerivative(operation: OperationCase) {
        let inputs = operation.makeInputs()
        let found = gradient(operation, inputs)
        let h = Self.step
        for (input, tensor) in inputs.enumerated() {
            #expect(found[input].shape == tensor.shape)
            for element in 0..<tensor.shape.count {
                // operations that differentiate inside need tracked inputs
                let above = scalar(operation, moved(inputs, input, element, by: h).map(\.tracked)).scalar
                let below = scalar(operation, moved(inputs, input, element, by: -h).map(\.tracked)).scalar
                let expected = (above - below) / (2 * h)
                #expect(
                    isClose(found[input].values[element], expected),
                    "input \(input), element \(element): found \(found[input].values[element]), differences \(expected)"
                )
            }
        }
    }

    @Test("has the second derivative that differences of its gradient show", arguments: operationTable)
    func secondDerivative(operation: OperationCase) {
        let inputs = operation.makeInputs()
        var generator = PhiloxGenerator(seed: 7, purpose: .test, stream: 2)
        let direction = inputs.map { input in
            Tensor(shape: input.shape) { generator.fill($0, uniformIn: -1...1) }
        }
        // the derivative of ⟨gradient, direction⟩ is the Hessian times the direction
        let variables = inputs.map(\.tracked)
        let first = gradients(of: scalar(operation, variables), withRespectTo: variables, createsGraph: true)
        let slope = zip(first, direction).map { ($0 * $1).sum() }.reduce(Tensor(0), +)
        let found = gradients(of: slope, withRespectTo: variables)

        let h = Self.step
        func gradientAt(_ distance: Float) -> [Tensor] {
            gradient(operation, zip(inputs, direction).map { ($0 + $1 * distance).detached })
        }
        let (above, below) = (gradientAt(h), gradientAt(-h))
        for input in inputs.indices {
            for element in 0..<inputs[input].shape.count {
                let expected = (above[input].values[element] - below[input].values[element]) / (2 * h)
                #expect(
                    isClose(found[input].values[element], expected),
                    "input \(input), element \(element): found \(found[input].values[element]), differences \(expected)"
                )
            }
        }
    }

    @Test("is in the table, with two forms of inputs or more")
    func isComplete() throws {
        let sources = URL(filePath: #filePath).appending(path: "../../../Sources").standardized
        var declared: Set<String> = []
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        for case let file as URL in files where file.pathExtension == "swift" {
            for match in try String(contentsOf: file, encoding: .utf8).matches(
                of: /struct (\w+)(?:<.*>)?: (?:Out)?Primitive\b/)
            {
                declared.insert(String(match.1))
            }
        }
        #expect(declared.count >= 20)
        // the gradients of those that need ranks and shards are in ShardExchangeTests, that of the layer in OptimizationTests
        let elsewhere: Set = ["SendToShards", "ReceiveFromShards", "JoinTokens", "OptimizationLayer"]
        #expect(declared.subtracting(operationTable.map(\.primitive)) == elsewhere)
        for (primitive, cases) in Dictionary(grouping: operationTable, by: \.primitive) {
            #expect(cases.count >= 2, "\(primitive)")
        }
    }
}
