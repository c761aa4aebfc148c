import DifferentiablePrograms
import TensorEngine
import Testing

@Suite("Symbolic differentiation")
struct ExpressionTests {
    @Test(
        "Derivatives as text",
        arguments: [
            ("x^2", "2*x"), ("3*x^3 - x + 7", "9*x^2 - 1"), ("sin(x)*x", "cos(x)*x + sin(x)"),
            ("exp(-x^2)", "-2*exp(-x^2)*x"), ("1/x", "-1/x^2"), ("log(x)", "1/x"), ("a*x + b", "a"),
            ("sqrt(x)", "0.5/sqrt(x)"), ("2^x", "2^x*log(2)"), ("x^x", "x^x*log(x) + x^x"),
            ("(x + 1)^2", "2*(x + 1)"), ("tanh(x)", "-tanh(x)^2 + 1"), ("y", "0"),
            ("x/(1 + x)", "1/(x + 1) - x/(x + 1)^2"),
        ])
    func text(formula: String, expected: String) throws {
        let found = try Expression(formula).derivative(by: "x")
        #expect("\(found)" == expected)
    }

    @Test(
        "The derivative has the value of the engine's gradient, and is read back as it is printed",
        arguments: [
            "x^2*sin(a*x) + exp(-x/2)/(1 + x^2)", "log(x)*sqrt(x) - tan(x)", "sigmoid(a*x)*softplus(x)^3",
            "tanh(x)^2/cosh(x) + sinh(x)", "(x + a)^x - abs(-x)*relu(x - 0.2)", "-x^2^0.5 + 2*-x", "x^-2 + 3/x/a",
        ])
    func value(formula: String) throws {
        let expression = try Expression(formula)
        let derivative = expression.derivative(by: "x")
        let variables = ["a": Tensor([1.3, 0.4]), "x": Tensor([0.6, 1.9])]
        let x = Tensor([0.6, 1.9]).tracked
        let y = try #require(expression.value(["a": Tensor([1.3, 0.4]), "x": x]))
        let expected = gradients(of: y.sum(), withRespectTo: [x])[0].values
        let found = try #require(derivative.value(variables)) + Tensor([0, 0])
        #expect(areClose(found.values, expected, 1e-4), "\(derivative)")
        let again = try #require(try Expression("\(derivative)").value(variables)) + Tensor([0, 0])
        #expect(areClose(again.values, expected, 1e-4), "\(derivative)")
        let plain = try #require(expression.simplified.value(variables)) + Tensor([0, 0])
        #expect(areClose(plain.values, y.values, 1e-4), "\(expression.simplified)")
    }

    @Test(
        "What cannot be read is named with its place",
        arguments: [
            ("x +", "the end at character 4"), ("2*(x", "the end at character 5"),
            ("sen(x)", "\"sen(x)\" at character 1"),
            ("x**2", "\"2\" at character 4"), ("1.2.3", "\"1.2.3\" at character 1"), ("x y", "\"y\" at character 3"),
            ("", "the end at character 1"),
        ])
    func errors(formula: String, expected: String) {
        let error = #expect(throws: ExpressionError.self) { try Expression(formula) }
        #expect(error?.description.contains(expected) == true, "\(error.map { "\($0)" } ?? "")")
    }

    @Test("Deeply nested parentheses are refused, not a crash")
    func depth() {
        let formula = String(repeating: "(", count: 100_000) + "x"
        #expect(throws: ExpressionError.self) { try Expression(formula) }
    }
}
