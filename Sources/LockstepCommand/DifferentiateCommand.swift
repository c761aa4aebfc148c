import ArgumentParser
import DifferentiablePrograms
import RunRecords

struct DifferentiateCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "differentiate",
            abstract: "Print the derivative of a formula.",
            discussion: """
                differentiate 'x^2*sin(a*x)' --by x  prints  2*x*sin(a*x) + x^2*cos(a*x)*a

                Functions: \(Expression.Function.allCases.map(\.rawValue).joined(separator: ", ")); constants: pi, e.
                """)
    }

    @Argument(help: "The formula, of numbers, variables, + - * / ^ and functions.")
    var formula: String

    @Option(help: ArgumentHelp("The variable; default: the only one of the formula.", valueName: "name"))
    var by: String?

    @Option(help: ArgumentHelp("The order of the derivative.", valueName: "n"))
    var order = 1

    func validate() throws {
        guard (1...20).contains(order) else { throw ValidationError("--order must be from 1 to 20, found \(order)") }
    }

    func run() throws {
        var expression: Expression
        do {
            expression = try Expression(formula)
        } catch {
            throw ValidationError("\(error)")
        }
        let variables = expression.variables
        guard let variable = by ?? (variables.count == 1 ? variables[0] : nil) else {
            throw ValidationError(
                "the formula has \(variables.count) variables (\(variables.joined(separator: ", "))); name one with --by"
            )
        }
        for _ in 0..<order { expression = expression.derivative(by: variable) }
        Terminal.show("\(expression)")
    }
}
