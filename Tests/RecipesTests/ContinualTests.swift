import Checkpoints
import Foundation
import Recipes
import LearningRecipes
import Settings
import TestSupport
import Testing
import Training

/// Softmax regression through a sequence of tasks, each step on all images of the task: simulated here in 64 bits.
private struct Regression {
    /// Weights [pixels + 1][outputs], the last row of which are the biases.
    var weights: [[Double]]

    static let rate = 1.0

    func probabilities(_ x: [Double]) -> [Double] {
        let logits = (0..<weights[0].count).map { output in
            zip(x + [1], weights).reduce(0.0) { $0 + $1.0 * $1.1[output] }
        }
        let most = logits.max() ?? 0
        let terms = logits.map { exp($0 - most) }
        let sum = terms.reduce(0, +)
        return terms.map { $0 / sum }
    }

    /// The gradient of the mean cross-entropy.
    func gradient(_ images: [Image]) -> [[Double]] {
        var sum = weights.map { $0.map { _ in 0.0 } }
        for image in images {
            let p = probabilities(image.pixels)
            for (i, x) in (image.pixels + [1]).enumerated() {
                for k in p.indices { sum[i][k] += x * (p[k] - (k == image.label ? 1 : 0)) / Double(images.count) }
            }
        }
        return sum
    }

    /// F = E Σ_c p_c·(∂ ln p_c/∂w)² = E x²·p·(1 - p): the variance of a Bernoulli variable.
    func fisher(_ images: [Image]) -> [[Double]] {
        var sum = weights.map { $0.map { _ in 0.0 } }
        for image in images {
            let p = probabilities(image.pixels)
            for (i, x) in (image.pixels + [1]).enumerated() {
                for k in p.indices { sum[i][k] += x * x * p[k] * (1 - p[k]) / Double(images.count) }
            }
        }
        return sum
    }

    func accuracy(_ images: [Image]) -> Double {
        let right = images.count { image in
            let p = probabilities(image.pixels)
            return p.indices.max { p[$0] < p[$1] } == image.label
        }
        return Double(right) / Double(images.count)
    }

    struct Image {
        let pixels: [Double]
        /// Within its task.
        let label: Int
    }
}

private func combine(_ lists: [[Double]]..., by rule: ([Double]) -> Double) -> [[Double]] {
    lists[0].indices.map { i in lists[0][i].indices.map { k in rule(lists.map { $0[i][k] }) } }
}

@Suite("The recipe continual")
struct ContinualTests {
    let trainer: Trainer

    init() throws { trainer = try Trainer() }

    /// `tasks` tasks of as many classes as ten make, with `each` training and test images of 3×3 pixels; the pixel that is brighter
    /// for a class is another one in the next task.
    private func writeImages(tasks: Int, each: Int) throws -> (
        training: [[Regression.Image]], test: [[Regression.Image]]
    ) {
        try FileManager.default.createDirectory(atPath: trainer.folder("tiny"), withIntermediateDirectories: true)
        var random = SplitMix64(state: 11)
        let classes = 10 / tasks
        var parts: [[[Regression.Image]]] = []
        for (images, labels) in [
            (ExampleImages.trainingImages, ExampleImages.trainingLabels),
            (ExampleImages.testImages, ExampleImages.testLabels),
        ] {
            var pixels = ExampleImages.header([tasks * each, 3, 3])
            var numbers = ExampleImages.header([tasks * each])
            var found: [[Regression.Image]] = []
            for task in 0..<tasks {
                found.append(
                    (0..<each).map { index in
                        let label = index % classes
                        let bytes = (0..<9).map {
                            UInt8(random.next() % 100) + ($0 == (label + task) % classes ? 150 : 0)
                        }
                        pixels += bytes
                        numbers.append(UInt8(task * classes + label))
                        return Regression.Image(pixels: bytes.map { Double($0) / 255 }, label: label)
                    })
            }
            try Data(pixels).write(to: URL(filePath: trainer.folder("tiny/\(images)")))
            try Data(numbers).write(to: URL(filePath: trainer.folder("tiny/\(labels)")))
            parts.append(found)
        }
        return (parts[0], parts[1])
    }

    private func settings(_ method: String, tasks: Int, batch: Int, _ more: [String]) -> [String] {
        [
            "data.path=\(trainer.folder("tiny"))", "model.name=\(method)", "model.hidden=[]",
            "continual.tasks=\(tasks)",
            "continual.task_steps=2", "global_batch=\(batch)", "shards=2", "optimizer.name=sgd",
            "optimizer.learning_rate=\(Regression.rate)", "evaluate.steps=0",
        ] + more
    }

    /// The weights before training: those after a step that does not change them.
    private func start(_ values: [String]) throws -> Regression {
        Regression(
            weights: try weights(
                try trainer.train("start", of: "continual", values + ["steps=1", "optimizer.learning_rate=1e-30"])))
    }

    private func weights(_ checkpoint: Checkpoint) throws -> [[Double]] {
        let matrix = try #require(checkpoint.model.first { $0.name == "layers.0.weight" })
        let bias = try #require(checkpoint.model.first { $0.name == "layers.0.bias" })
        let outputs = bias.shape[0]
        let rows = (0..<matrix.shape[0]).map { row in
            matrix.values[row * outputs..<(row + 1) * outputs].map(Double.init)
        }
        return rows + [bias.values.map(Double.init)]
    }

    private func isClose(_ a: [[Double]], _ b: [[Double]]) -> Bool {
        zip(a.joined(), b.joined()).allSatisfy { abs($0 - $1) <= 2e-5 * max(1, abs($0)) }
    }

    /// Simulates two steps of each of five tasks; returns the final weights, and the accuracies on all tasks before and after each.
    private func simulate(
        _ start: Regression, _ tasks: [[Regression.Image]], _ test: [[Regression.Image]], _ method: String
    ) -> (weights: [[Double]], matrix: [[Double]]) {
        var (model, matrix) = (start, [test.map(start.accuracy)])
        let zeros = start.weights.map { $0.map { _ in 0.0 } }
        // Σ over earlier tasks of F and F·θ*, for EWC; Ω and the weights at the last end, for SI
        var (importance, weighted, anchor) = (zeros, zeros, zeros)
        for images in tasks {
            let begin = model.weights
            var path = zeros
            for _ in 0..<2 {
                let slope = model.gradient(images)
                let penalty =
                    switch method {
                    // d/dθ of λ/2·Σ F·(θ - θ*)² for λ = 2
                    case "ewc": combine(importance, weighted, model.weights) { 2 * ($0[0] * $0[2] - $0[1]) }
                    // d/dθ of c·Ω·(θ - θ*)² for c = 0.5
                    case "si": combine(importance, anchor, model.weights) { $0[0] * ($0[2] - $0[1]) }
                    default: zeros
                    }
                let change = combine(slope, penalty) { -Regression.rate * ($0[0] + $0[1]) }
                path = combine(path, slope, change) { $0[0] - $0[1] * $0[2] }
                model.weights = combine(model.weights, change) { $0[0] + $0[1] }
            }
            if method == "ewc" {
                let fisher = model.fisher(images)
                importance = combine(importance, fisher) { $0[0] + $0[1] }
                weighted = combine(weighted, fisher, model.weights) { $0[0] + $0[1] * $0[2] }
            } else if method == "si" {
                importance = combine(importance, path, model.weights, begin) {
                    $0[0] + $0[1] / (($0[2] - $0[3]) * ($0[2] - $0[3]) + 0.1)
                }
                anchor = model.weights
            }
            matrix.append(test.map(model.accuracy))
        }
        return (model.weights, matrix)
    }

    @Test(
        "Fine-tuning, EWC and SI make the steps of their formulas, and metrics are those of the accuracy matrix",
        arguments: ["naive", "ewc", "si"])
    func steps(method: String) throws {
        let (training, test) = try writeImages(tasks: 5, each: 6)
        let strength = [
            "ewc": ["continual.strength=2", "continual.fisher_samples=0"], "si": ["continual.strength=0.5"],
        ]
        let values = settings(method, tasks: 5, batch: 6, strength[method] ?? [])
        let expected = simulate(try start(values), training, test, method)
        let found = try weights(try trainer.train("run", of: "continual", ranks: 2, values))
        #expect(isClose(found, expected.weights))
        let a = expected.matrix
        let mean = { (values: [Double]) in values.reduce(0, +) / Double(values.count) }
        let metrics = [
            "average_accuracy": mean(a[5]),
            "forgetting": mean((0..<4).map { task in (1..<5).map { a[$0][task] }.max()! - a[5][task] }),
            "backward_transfer": mean((0..<4).map { a[5][$0] - a[$0 + 1][$0] }),
            "forward_transfer": mean((1..<5).map { a[$0][$0] - a[0][$0] }),
        ]
        let last = try #require(try trainer.metrics("run", "evaluation", metrics.keys.sorted()).last)
        for (found, name) in zip(last, metrics.keys.sorted()) {
            #expect(abs(try #require(found) - metrics[name]!) < 1e-6, "\(name)")
        }
        // a case in which nothing is forgotten would show nothing
        #expect(method != "naive" || metrics["forgetting"]! > 0.1)
    }

    @Test("Joint training takes the images of all tasks so far")
    func joint() throws {
        let (training, _) = try writeImages(tasks: 2, each: 10)
        // twice the first task's images in its steps, all images in those of the second
        let values = settings("joint", tasks: 2, batch: 20, [])
        var model = try start(values)
        for images in [training[0], training[0], training[0] + training[1], training[0] + training[1]] {
            let slope = model.gradient(images)
            model.weights = combine(model.weights, slope) { $0[0] - Regression.rate * $0[1] }
        }
        #expect(isClose(try weights(try trainer.train("run", of: "continual", values)), model.weights))
    }

    /// With one kept image each sample of the second task is paired with it: ∇ = ½·∇(task) + ½·∇(image), as there are two tasks.
    @Test("Replay of one image is that of one image of the former task, the same on any ranks")
    func replay() throws {
        let (training, _) = try writeImages(tasks: 2, each: 10)
        let values = settings("replay", tasks: 2, batch: 10, ["continual.memory=1"])
        let start = try start(values)
        let candidates = training[0].map { image in
            var model = start
            for step in 0..<4 {
                let slope =
                    step < 2
                    ? model.gradient(training[0])
                    : combine(model.gradient(training[1]), model.gradient([image])) { ($0[0] + $0[1]) / 2 }
                model.weights = combine(model.weights, slope) { $0[0] - Regression.rate * $0[1] }
            }
            return model.weights
        }
        for ranks in 1...2 {
            let found = try weights(try trainer.train("run-\(ranks)", of: "continual", ranks: ranks, values))
            #expect(candidates.count { isClose(found, $0) } == 1)
        }
    }

    @Test(
        "What the tasks cannot be made of is refused",
        arguments: [
            (["continual.tasks=3"], "do not split into 3 equal tasks"),
            (["global_batch=full"], "set global_batch to a number"),
            (["epochs=2"], "set epochs to 1"), (["steps=11"], "set epochs to 1"),
            (["optimizer.name=lbfgs", "optimizer.learning_rate=0.001"], "first-order optimizer"),
            (["local.steps=2"], "in continual all ranks make each step together"),
        ])
    func refused(values: [String], text: String) throws {
        _ = try writeImages(tasks: 5, each: 2)
        let error = #expect(throws: (any Error).self) {
            try trainer.train(
                "run", of: "continual",
                settings("naive", tasks: 5, batch: 2, []).filter { own in
                    !values.contains { $0.split(separator: "=")[0] == own.split(separator: "=")[0] }
                } + values)
        }
        #expect(error.map { "\($0)" }?.contains(text) == true, "\(String(describing: error))")
    }
}
