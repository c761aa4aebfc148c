import Datasets
import Foundation
import LearningRecipes
import Settings
import TensorEngine
import TestSupport
import Testing
import Training

@Suite("The recipes meta-learning and prototypical")
struct MetaLearningTests {
    /// A line y = w·x + b, for which one inner step has a closed form.
    private struct Line {
        var w, b: Double

        /// The slope of the mean squared error over some points.
        func gradient(_ x: [Double], _ y: [Double]) -> Line {
            let count = Double(x.count)
            return zip(x, y).reduce(Line(w: 0, b: 0)) { sum, point in
                let residual = 2 * (w * point.0 + b - point.1) / count
                return Line(w: sum.w + residual * point.0, b: sum.b + residual)
            }
        }

        func error(_ x: [Double], _ y: [Double]) -> Double {
            zip(x, y).reduce(0) { $0 + pow(w * $1.0 + b - $1.1, 2) } / Double(x.count)
        }

        func step(_ slope: Line, _ rate: Double) -> Line { Line(w: w - rate * slope.w, b: b - rate * slope.b) }
    }

    private static let start = Line(w: 0.4, b: -0.3)
    private static let rate = 0.05

    /// The points of task 2, and the loss and gradient that the recipe finds for it.
    private func find(_ model: String, steps: Int) throws -> (
        support: ([Double], [Double]), query: ([Double], [Double]), loss: Double, gradient: Line
    ) {
        let made = try LearningTask(
            MetaLearningRecipe(),
            [
                "model.name=\(model)", "model.hidden=[]", "meta.shots=4", "meta.queries=3",
                "meta.inner_rate=\(Self.rate)",
                "meta.inner_steps=\(steps)",
            ])
        made.assign("layers.0.weight", [Float(Self.start.w)])
        made.assign("layers.0.bias", [Float(Self.start.b)])
        let found = try made.loss(of: [2])
        let tasks = try #require(made.task.trainingData as? SinusoidTasks)
        let batch = tasks.batch(of: [2])
        func values(_ tensor: Tensor) -> [Double] { tensor.values.map(Double.init) }
        return (
            (values(batch.supportX), values(batch.supportY)), (values(batch.queryX), values(batch.queryY)),
            Double(found.sum),
            Line(
                w: Double(try #require(found.gradients["layers.0.weight"])[0]),
                b: Double(try #require(found.gradients["layers.0.bias"])[0]))
        )
    }

    private func expect(_ found: Line, _ expected: Line) {
        #expect(isClose(found.w, expected.w) && isClose(found.b, expected.b), "found \(found), expected \(expected)")
    }

    /// With φ = θ - α·∇s(θ), the gradient of q(φ) is (I - α·H)·∇q(φ), H = 2·[mean x², mean x; mean x, 1] of the support.
    @Test("MAML's gradient goes through the inner step, first-order MAML's does not")
    func maml() throws {
        let found = try find("maml", steps: 1)
        let (x, y) = found.support
        let adapted = Self.start.step(Self.start.gradient(x, y), Self.rate)
        let slope = adapted.gradient(found.query.0, found.query.1)
        #expect(isClose(found.loss, adapted.error(found.query.0, found.query.1)))
        let (squares, mean) = (x.reduce(0) { $0 + $1 * $1 } / 4, x.reduce(0, +) / 4)
        expect(
            found.gradient,
            Line(
                w: slope.w - 2 * Self.rate * (squares * slope.w + mean * slope.b),
                b: slope.b - 2 * Self.rate * (mean * slope.w + slope.b)))
        let first = try find("fomaml", steps: 1)
        #expect(first.loss == found.loss)
        expect(first.gradient, slope)
    }

    @Test("Reptile's gradient leads to the weights after its steps, on support and queries by turns")
    func reptile() throws {
        let found = try find("reptile", steps: 3)
        var adapted = Self.start
        for step in 0..<3 {
            let (x, y) = step % 2 == 0 ? found.support : found.query
            adapted = adapted.step(adapted.gradient(x, y), Self.rate)
        }
        #expect(isClose(found.loss, adapted.error(found.query.0, found.query.1)))
        expect(found.gradient, Line(w: Self.start.w - adapted.w, b: Self.start.b - adapted.b))
    }

    @Test("Tasks are sinusoids of the protocol: y = A·sin(x - φ), other ones in each epoch and for testing")
    func sinusoids() throws {
        let made = try LearningTask(MetaLearningRecipe(), ["meta.shots=3"])
        let tasks = try #require(made.task.trainingData as? SinusoidTasks)
        let batch = tasks.trainingBatch(of: Array(0..<200), epoch: 1)
        let (x, y) = (batch.supportX.values.map(Double.init), batch.supportY.values.map(Double.init))
        #expect(x.allSatisfy { (-5...5).contains($0) } && y.allSatisfy { abs($0) <= 5.0001 })
        var amplitudes: [Double] = []
        for task in 0..<200 {
            // A·cos φ and -A·sin φ solve two points; the third one has to agree
            let points = (0..<3).map { (sin(x[3 * task + $0]), cos(x[3 * task + $0]), y[3 * task + $0]) }
            let determinant = points[0].0 * points[1].1 - points[0].1 * points[1].0
            guard abs(determinant) > 0.1 else { continue }
            let c = (points[0].2 * points[1].1 - points[0].1 * points[1].2) / determinant
            let s = (points[0].0 * points[1].2 - points[0].2 * points[1].0) / determinant
            #expect(abs(c * points[2].0 + s * points[2].1 - points[2].2) < 1e-3)
            #expect(s <= 1e-3, "φ is in [0, π]")
            amplitudes.append((c * c + s * s).squareRoot())
        }
        // uniform in [0.1, 5]: mean 2.55, its deviation here about 0.1
        #expect(abs(amplitudes.reduce(0, +) / Double(amplitudes.count) - 2.55) < 0.5)
        #expect(amplitudes.allSatisfy { $0 > 0.09 && $0 < 5.01 })
        let test = try #require(made.task.testData as? SinusoidTasks)
        #expect(tasks.batch(of: [0]).queryX.values != tasks.trainingBatch(of: [0], epoch: 1).queryX.values)
        #expect(tasks.batch(of: [0]).supportX.values != test.batch(of: [0]).supportX.values)
    }

    /// Weights of 0 embed all images alike: each class of an episode is as likely.
    @Test(
        "Equal embeddings cost ln(training ways), and the accuracy of pixels is that of the nearest mean image",
        arguments: [nil, 8])
    func prototypes(trainingWays: Int?) throws {
        let folder = try TemporaryFolder()
        try ExampleImages.write(to: folder("data"))
        let made = try LearningTask(
            PrototypicalRecipe(),
            [
                "model.width=2", "meta.ways=3", "meta.shots=2", "meta.queries=4", "meta.held_out=[1, 4, 6, 8]",
                "meta.tasks=10", "meta.test_tasks=6",
            ] + (trainingWays.map { ["meta.training_ways=\($0)"] } ?? []), in: folder)
        made.assignAll(0)
        let ways = trainingWays ?? 3
        #expect(isClose(Double(try made.loss(of: [0, 1]).sum), 2 * Double(ways) * 4 * log(Double(ways))))
        let test = try #require(made.task.testData as? Episodes)
        let batch = test.batch(of: Array(0..<6))
        func images(_ tensor: Tensor) -> [[Float]] {
            (0..<tensor.shape[0]).map { tensor[$0..<$0 + 1].values }
        }
        let (support, queries) = (images(batch.support), images(batch.queries))
        #expect(Set(support + queries).count > 6 * 3 * 2)
        var correct = 0
        for (index, query) in queries.enumerated() {
            let (episode, label) = (index / 12, index % 12 / 4)
            let distances = (0..<3).map { way in
                let (a, b) = (support[episode * 6 + way * 2], support[episode * 6 + way * 2 + 1])
                return query.indices.reduce(0.0) { $0 + pow(Double(query[$1]) - Double(a[$1] + b[$1]) / 2, 2) }
            }
            if distances.indices.min(by: { distances[$0] < distances[$1] }) == label { correct += 1 }
        }
        let found = try made.evaluate(Array(0..<6))
        #expect(found.metrics["pixel_accuracy"] == Double(correct) / 72)
        #expect(found.sums.samples == 72)
    }

    @Test("Episodes have only held-out classes in tests, and no held-out class in training")
    func heldOut() throws {
        let folder = try TemporaryFolder()
        try ExampleImages.write(to: folder("data"))
        let heldOut = [1, 4, 6]
        let made = try LearningTask(
            PrototypicalRecipe(),
            ["meta.ways=3", "meta.shots=1", "meta.queries=1", "meta.held_out=\(heldOut)", "meta.test_tasks=20"],
            in: folder)
        let data = try ImageFolder(path: folder("data"), layout: .images)
        /// The class and the quarter turns of each supporting image of 20 episodes.
        func classes(_ episodes: any Dataset, of images: LabeledImages) throws -> [[Int]] {
            let all = images.batch(of: Array(0..<images.count))
            var labels: [[Float]: [Int]] = [:]
            for (row, label) in all.labels.values.enumerated() {
                var image = all.inputs[row..<row + 1].values
                for turns in 0..<4 {
                    labels[image] = [Int(label), turns]
                    // counterclockwise: the last column becomes the first row
                    image = image.indices.map { image[$0 % 28 * 28 + 27 - $0 / 28] }
                }
            }
            let batch = try #require(episodes as? Episodes).batch(of: Array(0..<20))
            return try (0..<60).map { try #require(labels[batch.support[$0..<$0 + 1].values]) }
        }
        let test = try classes(made.task.testData, of: data.test)
        #expect(Set(test.map { $0[0] }) == Set(heldOut))
        #expect(test.allSatisfy { $0[1] == 0 })
        let training = try classes(made.task.trainingData, of: data.training)
        #expect(Set(training.map { $0[0] }).isDisjoint(with: heldOut))
        #expect(Set(training.map { $0[1] }) == [0, 1, 2, 3])
        for episode in stride(from: 0, to: 60, by: 3) {
            #expect(Set(training[episode..<episode + 3]).count == 3, "different classes, or different turns of one")
        }
        for (values, text) in [
            (["meta.held_out=[1, 4]"], "leaves 2 for test"), (["meta.held_out=[1, 44]"], "a class 44"),
            (["meta.queries=900"], "an episode needs 905"),
        ] {
            let error = #expect(throws: (any Error).self) {
                _ = try LearningTask(PrototypicalRecipe(), values, in: folder)
            }
            #expect(error.map { "\($0)" }?.contains(text) == true, "\(String(describing: error))")
        }
    }
}
