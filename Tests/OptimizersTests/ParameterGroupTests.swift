import Kernels
import Optimizers
import TensorEngine
import Testing

@Suite("Parameter groups")
struct ParameterGroupTests {
    typealias Maker = @Sendable (ParameterArena, Regularization, ParameterGroups) -> any Optimizer
    static let makers: [(name: String, make: Maker)] = [
        ("sgd", { SGD($0, momentum: 0.9, regularization: $1, groups: $2) }),
        ("adam", { Adam($0, regularization: $1, groups: $2) }),
        ("nadam", { NAdam($0, regularization: $1, groups: $2) }),
        ("radam", { RAdam($0, regularization: $1, groups: $2) }),
        ("adagrad", { AdaGrad($0, regularization: $1, groups: $2) }),
        ("rmsprop", { RMSProp($0, momentum: 0.5, isCentered: true, regularization: $1, groups: $2) }),
        ("adadelta", { Adadelta($0, regularization: $1, groups: $2) }),
        ("lion", { Lion($0, regularization: $1, groups: $2) }),
        ("lars", { LARS($0, regularization: $1, groups: $2) }),
        ("lamb", { LAMB($0, regularization: $1, groups: $2) }),
    ]

    /// The problem and the optimizer after five steps.
    static func train(
        _ make: Maker, rate: Float = 0.1, _ regularization: Regularization = .none,
        _ groups: ParameterGroups = ParameterGroups()
    ) -> (problem: QuarticProblem, optimizer: any Optimizer) {
        let problem = QuarticProblem()
        let optimizer = make(problem.arena, regularization, groups)
        for step in 1...5 {
            optimizer.update(
                gradients: problem.gradients(scaledBy: 1), gradientScale: 1, learningRate: rate, step: step)
        }
        return (problem, optimizer)
    }

    @Test("A frozen parameter keeps its bits, and its state", arguments: makers.indices)
    func frozen(index: Int) {
        let make = Self.makers[index].make
        var groups = ParameterGroups()
        groups.freeze(named: "b")
        let found = Self.train(make, Regularization(l1: 0.1, l2: 0.1, decay: 0.1), groups)
        let free = Self.train(make, Regularization(l1: 0.1, l2: 0.1, decay: 0.1))
        #expect(found.problem.second.value.values.map(\.bitPattern) == [Float(2), 0].map(\.bitPattern))
        #expect(free.problem.second.value.values != [2, 0])
        // the other parameter is not touched by it
        #expect(found.problem.first.value.values == free.problem.first.value.values)
        let untouched = make(QuarticProblem().arena, .none, ParameterGroups()).state
        for (state, fresh) in zip(found.optimizer.state, untouched) {
            #expect(Array(state.buffer.elements[16..<18]) == Array(fresh.buffer.elements[16..<18]), "\(state.name)")
            #expect(Array(state.buffer.elements[0..<3]) != Array(fresh.buffer.elements[0..<3]), "\(state.name)")
        }
    }

    @Test("A factor of the rate is the rate of that parameter", arguments: makers.indices)
    func factor(index: Int) {
        let make = Self.makers[index].make
        var groups = ParameterGroups()
        groups.setLearningRateFactor(0.25, where: { $1.rank == 2 })
        let found = Self.train(make, .decay(0.2), groups)
        #expect(found.problem.first.value.values == Self.train(make, .decay(0.2)).problem.first.value.values)
        #expect(
            found.problem.second.value.values
                == Self.train(make, rate: 0.025, .decay(0.2)).problem.second.value.values)
    }

    @Test("Decay and penalties may be for matrices only", arguments: makers.indices)
    func decay(index: Int) {
        let make = Self.makers[index].make
        for regularization in [Regularization.l1(2), .l2(2), .decay(2)] {
            // a rate of which the parameters' distances to the optimum are no multiples: Lion's steps are of equal size
            let found = Self.train(make, rate: 0.03, regularization, .decayingMatricesOnly).problem
            let all = Self.train(make, rate: 0.03, regularization).problem
            let none = Self.train(make, rate: 0.03).problem
            #expect(found.first.value.values == none.first.value.values)
            #expect(found.second.value.values == all.second.value.values)
            #expect(all.second.value.values != none.second.value.values)
        }
    }

    @Test("The L1 penalty's gradient is the sign, and 0 at 0")
    func l1() {
        let problem = QuarticProblem()
        let optimizer = SGD(problem.arena, regularization: .l1(0.5))
        let zero = GradientBuffer(problem.arena.zeros())
        optimizer.update(gradients: zero, gradientScale: 1, learningRate: 0.5, step: 1)
        #expect(problem.weights == [0.75, -0.25, 0, 1.75, 0])
        optimizer.update(gradients: zero, gradientScale: 1, learningRate: 0.5, step: 2)
        #expect(problem.weights == [0.5, 0, 0, 1.5, 0])
    }

    @Test("Decoupled decay leaves the moments alone")
    func decoupled() {
        let problem = QuarticProblem()
        let optimizer = SGD(problem.arena, momentum: 0.9, regularization: .decay(0.5))
        optimizer.update(
            gradients: GradientBuffer(problem.arena.zeros()), gradientScale: 1, learningRate: 0.5, step: 1)
        #expect(problem.weights == [0.75, -0.375, 0.1875, 1.5, 0])
        #expect(optimizer.state[0].buffer.elements.allSatisfy { $0 == 0 })
    }

    @Test("A later rule wins over an earlier one")
    func order() {
        var groups = ParameterGroups()
        groups.setLearningRateFactor(0.1, named: "*")
        groups.setLearningRateFactor(2, named: "head.*")
        groups.exemptFromDecay(named: "*.bias")
        let head = groups.treatment(of: "head.weight", [3, 3])
        #expect(head.learningRateFactor == 2 && head.isDecayed && !head.isFrozen)
        let body = groups.treatment(of: "body.bias", [3])
        #expect(body.learningRateFactor == 0.1 && !body.isDecayed)
    }

    @Test(
        "Patterns of names",
        arguments: [
            ("*", "", true), ("*", "a.b", true), ("", "", true), ("", "a", false), ("a.*", "a.b.c", true),
            ("a.*", "ab.c", false), ("*.bias", "layers.0.bias", true), ("*.bias", "bias", false),
            ("*.bias", "a.bias.b", false), ("layers.*.weight", "layers.1.inner.weight", true),
            ("a*b*c", "a.b.b.c", true), ("a*b*c", "a.c.b", false), ("weight", "weight", true), ("*a*", "bbb", false),
        ])
    func patterns(pattern: String, name: String, fits: Bool) {
        #expect(NamePattern(pattern).matches(name) == fits)
    }
}
