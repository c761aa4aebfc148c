import Kernels
import TensorEngine
import Testing

@Suite("The graph")
struct GraphTests {
    @Test("Each of thousands of variables has its own gradient, also where it is given twice or does not matter")
    func manyVariables() {
        let variables = (0..<3000).map { Tensor(Float($0)).tracked }
        // those of odd numbers matter: Σ i·x
        var sum = Tensor(0)
        for (i, variable) in variables.enumerated() where i % 2 == 1 { sum = sum + variable * Float(i) }
        let found = gradients(of: sum, withRespectTo: variables + [variables[7], variables[8]]).map(\.scalar)
        let expected = variables.indices.map { $0 % 2 == 1 ? Float($0) : 0 } + [7, 0]
        #expect(found == expected)
    }

    @Test("x⁴ has the derivatives 4x³, 12x², 24x, 24")
    func higherOrders() {
        let x = Tensor(2).tracked
        var y = x * x * x * x
        var found: [Float] = []
        for _ in 1...4 {
            y = gradients(of: y, withRespectTo: [x], createsGraph: true)[0]
            found.append(y.scalar)
        }
        #expect(found == [32, 48, 48, 24])
    }

    @Test("A gradient is handed out once, when its last use has passed and before the walk ends")
    func gradientsAreFinalEarly() {
        // loss = Σ c·relu(b·relu(a·x)): the gradient of c is final first, a's last
        let parameters = (0..<3).map { _ in Parameter(Tensor([1, 2])) }
        var order: [Int] = []
        _ = valueAndGradients(
            of: parameters, whenReady: { index, _ in order.append(index) },
            loss: {
                let x = Tensor([3, 4])
                return ((parameters[0].value * x).relu() * parameters[1].value).relu().reduceWith(parameters[2].value)
            })
        #expect(order == [2, 1, 0])
    }

    @Test("Equal variables have the whole gradient each, and equal parameters too")
    func equalVariables() {
        let x = Tensor(3).tracked
        #expect(gradients(of: x * x, withRespectTo: [x, x]).map(\.scalar) == [6, 6])
        // an output that is itself a variable, twice, and one that it does not depend on
        let y = Tensor(5).tracked
        #expect(gradients(of: x, withRespectTo: [x, y, x, y]).map(\.scalar) == [1, 0, 1, 0])
        // large enough to be made where it is handed to
        let parameter = Parameter(Tensor(repeating: 3, shape: [5000]))
        let other = Parameter(Tensor(repeating: 2, shape: [5000]))
        let found = valueAndGradients(of: [parameter, other, parameter]) {
            (parameter.value * parameter.value * other.value).sum()
        }
        #expect(found.gradients.map { Set($0.values) } == [[12], [9], [12]])
        // ∇²(x²y)·(1, 1, 1) with x given twice: 2y·(1 + 1) + 2x = 14 for x, 2x·(1 + 1) = 12 for y
        let ones = Tensor(repeating: 1, shape: [5000])
        let products = hessianVectorProduct(of: [parameter, other, parameter], with: [ones, ones, ones]) {
            (parameter.value * parameter.value * other.value).sum()
        }
        #expect(products.map { Set($0.values) } == [[14], [12], [14]])
    }

    @Test("A parameter used twice gets the sum, once")
    func sharedParameter() {
        let parameter = Parameter(Tensor([1, 2]))
        var calls = 0
        var gradient: [Float] = []
        _ = valueAndGradients(
            of: [parameter],
            whenReady: {
                calls += 1
                gradient = $1.values
            }, loss: { (parameter.value * parameter.value).sum() + (parameter.value * 3).sum() })
        #expect(calls == 1)
        #expect(gradient == [5, 7])
    }

    @Test("A parameter that the loss does not use gets zeros, first")
    func unusedParameter() {
        let (used, unused) = (Parameter(Tensor(2)), Parameter(Tensor([1, 1])))
        var order: [Int] = []
        var zeros: [Float] = []
        _ = valueAndGradients(
            of: [used, unused],
            whenReady: {
                order.append($0)
                if $0 == 1 { zeros = $1.values }
            }, loss: { used.value * used.value })
        #expect(order == [1, 0])
        #expect(zeros == [0, 0])
    }

    @Test("Outside of a gradient's computation nothing is recorded")
    func noAmbientState() {
        let parameter = Parameter(Tensor(2))
        _ = valueAndGradients(of: [parameter]) { parameter.value * 2 }
        #expect(!(parameter.value * 2).isTracked)
    }

    @Test("An error thrown in the loss leaves no parameter tracked")
    func errorInLoss() {
        struct Failure: Error {}
        let parameter = Parameter(Tensor(2))
        #expect(throws: Failure.self) {
            _ = try valueAndGradients(of: [parameter]) { () throws -> Tensor in throw Failure() }
        }
        #expect(!parameter.value.isTracked)
    }

    @Test("A chain of a million operations is differentiated and freed without deep recursion")
    func longChain() {
        let x = Tensor(1).tracked
        var y = x
        for _ in 0..<1_000_000 { y = y + x }
        #expect(gradients(of: y, withRespectTo: [x])[0].scalar == 1_000_001)
        var dropped = x
        for _ in 0..<1_000_000 { dropped = dropped + 1 }
        dropped = x
        #expect(dropped.scalar == 1)
    }

    @Test("A Hessian-vector product of a quadratic form is its matrix times the vector")
    func hessianVector() {
        // f = ½ xᵀAx with A = [[2, 1], [1, 3]]: the Hessian is A
        let x = Parameter(Tensor([5, -7], shape: [1, 2]))
        let a = Tensor([2, 1, 1, 3], shape: [2, 2])
        let product = hessianVectorProduct(of: [x], with: [Tensor([1, 2], shape: [1, 2])]) {
            (x.value.matrixProduct(a) * x.value).sum() * 0.5
        }
        #expect(product[0].values == [4, 7])
    }

    @Test("In the steady state a step asks the system for no memory")
    func noAllocations() {
        let weight = Parameter(Tensor(repeating: 0.01, shape: [64, 32]))
        let bias = Parameter(Tensor(repeating: 0, shape: [32]))
        let x = Tensor(repeating: 1, shape: [16, 64])
        func step() {
            _ = valueAndGradients(of: [weight, bias]) {
                x.linear(weight: weight.value, bias: bias.value, thenReLU: true).sum()
            }
        }
        // other tests run at the same time and may allocate: look for one quiet stretch of steps
        for _ in 0..<3 { step() }
        let isQuiet = (0..<100).contains { _ in
            let before = BufferStatistics.current
            for _ in 0..<20 { step() }
            return BufferStatistics.current == before
        }
        #expect(isQuiet)
    }
}

extension Tensor {
    /// The sum of the products with the elements of `other`.
    fileprivate func reduceWith(_ other: Tensor) -> Tensor { (self * other).sum() }
}
