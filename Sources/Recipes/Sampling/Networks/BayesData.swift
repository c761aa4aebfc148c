import Datasets
import Settings
import TensorEngine
import Training

/// Some samples of the recipe `bayes`.
struct BayesBatch: Sendable {
    /// The numbers of the samples.
    let samples: [Int]
    /// [n, inputs].
    let inputs: Tensor
    /// The classes, or the standardized numbers that are to be predicted.
    let targets: [Float]
}

/// The samples of images or of a table.
struct BayesSamples: Dataset {
    let count: Int
    let checksum: UInt32?
    private let make: @Sendable ([Int]) -> BayesBatch

    /// Samples that are made by their numbers.
    init(count: Int, make: @escaping @Sendable ([Int]) -> BayesBatch) {
        (self.count, checksum, self.make) = (count, nil, make)
    }

    init(_ images: LabeledImages) {
        (count, checksum) = (images.count, images.checksum)
        make = { samples in
            let batch = images.batch(of: samples)
            return BayesBatch(
                samples: samples, inputs: batch.inputs, targets: batch.labels.values.map { Float($0) })
        }
    }

    /// - Parameter scale: the mean and the deviation of the target; nil for classes.
    init(_ rows: TableRows, scale: (mean: Double, deviation: Double)?) {
        (count, checksum) = (rows.count, rows.checksum)
        let (mean, deviation) = scale ?? (0, 1)
        make = { samples in
            let batch = rows.batch(of: samples)
            return BayesBatch(
                samples: samples, inputs: batch.inputs,
                targets: batch.targets.map { Float(($0 - mean) / deviation) })
        }
    }

    func batch(of samples: [Int]) -> BayesBatch { make(samples) }
}

/// The data of a run of the recipe `bayes`.
struct BayesData {
    let training, test: BayesSamples
    let summary: String
    let inputs: Int
    /// The names of the classes; empty where a number is predicted.
    let classNames: [String]
    var notes: [String] = []
    var preparation: Preparation = [:]

    /// Images of IDX files, Debian's Fashion-MNIST when `data.path` is nil. *Collective within a host.*
    init(images settings: Settings, _ loader: HostLoader) throws {
        let path = settings.data.path
        let folder = try loader.load(path ?? FashionMNIST.defaultDirectory) {
            try ImageFolder(path: path, layout: .vectors)
        }
        (training, test) = (BayesSamples(folder.training), BayesSamples(folder.test))
        (inputs, classNames) = (folder.training.pixelsPerImage, folder.classes.names)
        summary =
            "\(folder.path), \(training.count) training and \(test.count) test images, \(folder.classes.summary)"
    }

    /// A table whose target is a number or a class.
    init(_ table: TableSource.Table) throws {
        let schema = table.schema
        func isWeighted(_ rows: TableRows) -> Bool { rows.count > 0 && rows.batch(of: [0]).weights != nil }
        guard !isWeighted(table.training) else {
            throw DatasetError.unusable(
                path: table.path, found: "sample weights (csv.weight)",
                expected: "none: a posterior counts each row once")
        }
        var scale: (mean: Double, deviation: Double)?
        switch schema.target {
        case .number(let mean, let deviation): (scale, classNames) = ((mean, deviation), [])
        case .classes(let names): classNames = names
        }
        if !classNames.isEmpty, table.test.count > 0,
            table.test.batch(of: Array(0..<table.test.count)).targets.contains(where: { $0 < 0 })
        {
            throw DatasetError.unusable(
                path: table.path, found: "test rows of classes that no training row has",
                expected: "classes of the training rows only")
        }
        (training, test) = (BayesSamples(table.training, scale: scale), BayesSamples(table.test, scale: scale))
        (inputs, notes, preparation) = (schema.width, table.notes, table.preparation)
        summary =
            "\(table.path), \(training.count) rows to train on and \(test.count) to test on, \(schema.targetName) from \(schema.columns.count) \(schema.columns.count == 1 ? "column" : "columns")"
    }
}
