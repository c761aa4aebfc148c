import Datasets
import Kernels
import TensorEngine

/// Images of some tasks, and what to say of them.
struct TaskBatch: Sendable {
    /// The images, [n, pixels].
    let inputs: Tensor
    /// The numbers of the right outputs, [n].
    let labels: Indices
    /// The task of each image.
    let tasks: [Int]
}

/// A sequence of tasks made of one set of images: by classes, or by permutations of the pixels.
struct ImageTasks: Sendable {
    let images: LabeledImages
    /// The number of tasks, and of the classes of each.
    let count, classes: Int
    /// For each task its samples, task · images + image.
    let members: [[UInt32]]
    private let isSplit: Bool
    /// Whether each task has outputs of its own.
    private let hasOwnOutputs: Bool
    /// For each task which pixel of an image is at each position; nil: that of the same number.
    private let permutations: [[Int]?]

    /// The tasks that `settings` say, of the images of `path`, which have `classes` classes.
    init(
        _ images: LabeledImages, classes: Int, _ settings: ContinualSettings, seed: UInt64, path: String, what: String
    ) throws {
        self.images = images
        isSplit = settings.sequence == .split
        hasOwnOutputs = settings.scenario != .domain
        let count = settings.tasks
        self.count = count
        guard count * images.count <= UInt32.max else { throw TooManySamples(found: count * images.count) }
        guard !isSplit || classes % count == 0 else { throw UnevenTasks(tasks: count, classes: classes) }
        let own = Self.classes(of: classes, settings)
        self.classes = own
        var members = [[UInt32]](repeating: [], count: count)
        for start in stride(from: 0, to: images.count, by: 1000) {
            let block = Array(start..<min(start + 1000, images.count))
            for (image, label) in zip(block, images.batch(of: block).labels.values) {
                for task in isSplit ? Int(label) / own..<Int(label) / own + 1 : 0..<count {
                    members[task].append(UInt32(task * images.count + image))
                }
            }
        }
        if let task = members.firstIndex(where: \.isEmpty) {
            throw DatasetError.unusable(
                path: path,
                found: "no \(what) image of task \(task + 1), classes \(task * own) to \((task + 1) * own - 1)",
                expected: "images of all \(classes) classes")
        }
        self.members = members
        permutations = (0..<count).map { task in
            if task == 0 || settings.sequence == .split { return nil }
            var order = Array(0..<images.pixelsPerImage)
            var random = PhiloxGenerator(seed: seed, purpose: .permutation, stream: 1 << 62 | UInt64(task))
            random.shuffle(&order)
            return order
        }
    }

    /// The classes of each task, of so many of all images.
    private static func classes(of all: Int, _ settings: ContinualSettings) -> Int {
        settings.sequence == .split ? all / settings.tasks : all
    }

    /// The outputs of a network for all tasks, of images of so many classes.
    static func outputs(classes all: Int, _ settings: ContinualSettings) -> Int {
        let own = classes(of: all, settings)
        return settings.scenario == .domain ? own : settings.tasks * own
    }

    /// The task of a sample.
    func task(of code: UInt32) -> Int { Int(code) / images.count }

    /// The samples of these codes.
    func batch(of codes: [UInt32]) -> TaskBatch {
        let tasks = codes.map(task)
        let plain = images.batch(of: codes.map { Int($0) % images.count })
        let labels = zip(plain.labels.values, tasks).map { label, task in
            let own = isSplit ? Int(label) - task * classes : Int(label)
            return Int32(hasOwnOutputs ? task * classes + own : own)
        }
        guard tasks.contains(where: { permutations[$0] != nil }) else {
            return TaskBatch(inputs: plain.inputs, labels: Indices(labels), tasks: tasks)
        }
        let pixels = images.pixelsPerImage
        let inputs = Tensor(shape: plain.inputs.shape) { permuted in
            plain.inputs.withElements { elements in
                for (row, task) in tasks.enumerated() {
                    let start = row * pixels
                    guard let order = permutations[task] else {
                        for pixel in 0..<pixels { permuted[start + pixel] = elements[start + pixel] }
                        continue
                    }
                    for pixel in 0..<pixels { permuted[start + pixel] = elements[start + order[pixel]] }
                }
            }
        }
        return TaskBatch(inputs: inputs, labels: Indices(labels), tasks: tasks)
    }
}

/// The classes do not split into equal tasks.
struct UnevenTasks: Error, CustomStringConvertible {
    let tasks, classes: Int
    var description: String {
        let divisors = (1...max(1, classes)).filter { classes % $0 == 0 }.map(String.init).joined(separator: ", ")
        return
            "continual.tasks is \(tasks), and \(classes) classes do not split into \(tasks) equal tasks; choose one of \(divisors), or continual.sequence=permuted"
    }
}

/// There are more samples than numbers for them.
struct TooManySamples: Error, CustomStringConvertible {
    let found: Int
    var description: String {
        "continual.tasks, continual.task_steps and global_batch make \(found) samples, expected at most \(UInt32.max); choose smaller ones"
    }
}
