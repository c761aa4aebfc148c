import Datasets
import Foundation
import Messages
import Probability

/// Predicts with several saved runs: the mean of class probabilities, or mean and variance of numbers.
public struct EnsemblePrediction {
    private let predictors: [any RowPredictor]
    private let paths: [String]

    /// The newest models of the runs at `paths`, or those of checkpoints' directories. *Local.*
    ///
    /// Throws where a recipe predicts no numbers, or members predict other classes or numbers than the first.
    public init(paths: [String], overrides: [SettingOverride] = [], catalog: RecipeCatalog) throws {
        guard paths.count >= 2 else { throw TooFewMembers(paths: paths) }
        predictors = try paths.map { path in
            let saved = try SavedModel(path: path, overrides: overrides, catalog.settings)
            let recipe = try catalog.recipe(named: saved.settings.recipe)
            guard let predictor = try recipe.makePredictor(saved.settings, preparation: saved.preparation) else {
                throw NoPredictor(path: path, recipe: recipe.name)
            }
            guard let predictor = predictor as? any RowPredictor else {
                throw NothingToAverage(path: path, recipe: recipe.name)
            }
            try saved.load(into: predictor.model)
            return predictor
        }
        self.paths = paths
        for (path, predictor) in zip(paths, predictors).dropFirst() where predictor.predicted != predictors[0].predicted
        {
            throw MemberDifference(
                path, paths[0], what: "predictions", found: predictor.predicted.text,
                expected: predictors[0].predicted.text)
        }
    }

    /// Predicts with one member after the other, and passes rows of comma-separated values to `each`. *Local.*
    ///
    /// Of classes: the input, its likeliest class, the mean probability of that and of each class, and the mutual
    /// information of prediction and member in nats. Of numbers: mean and variance over the members of each.
    public func run(_ request: PredictionRequest, each: (String) -> Void) throws {
        guard request.output == nil else { throw EnsembleOutput() }
        guard request.input != nil || !request.testSamples.isEmpty else { throw EnsembleOfStream() }
        var inputs: [String] = []
        // by input, then by member
        var values: [[[Double]]] = []
        for (index, predictor) in predictors.enumerated() {
            var row = 0
            func difference(_ found: String, _ expected: String) -> MemberDifference {
                MemberDifference(paths[index], paths[0], what: "inputs", found: found, expected: expected)
            }
            try predictor.predictRows(request) { input, numbers in
                if index == 0 {
                    inputs.append(input)
                    values.append([])
                }
                guard row < inputs.count, inputs[row] == input else {
                    throw difference(input, row < inputs.count ? inputs[row] : "none")
                }
                values[row].append(numbers)
                row += 1
            }
            guard row == inputs.count else { throw difference("\(row)", "\(inputs.count)") }
        }
        write(inputs, values, each)
    }

    private func write(_ inputs: [String], _ values: [[[Double]]], _ each: (String) -> Void) {
        let name = predictors[0].inputName
        switch predictors[0].predicted {
        case .classes(let classes):
            each(CSVText.row([name, "class", "probability"] + classes + ["mutual_information"]))
            for (input, members) in zip(inputs, values) {
                guard let (mean, _) = Self.moments(members), mean.count == classes.count else {
                    each(CSVText.row([input] + Array(repeating: "", count: 3 + classes.count)))
                    continue
                }
                let likeliest = mean.indices.reduce(0) { mean[$1] > mean[$0] ? $1 : $0 }
                let numbers = [mean[likeliest]] + mean + [PredictiveScores.mutualInformation(members)]
                each(CSVText.row([input, classes[likeliest]] + numbers.map { "\(Float($0))" }))
            }
        case .numbers(let names):
            each(CSVText.row([name] + names.flatMap { ["\($0)_mean", "\($0)_variance"] }))
            for (input, members) in zip(inputs, values) {
                guard let (mean, variance) = Self.moments(members), mean.count == names.count else {
                    each(CSVText.row([input] + Array(repeating: "", count: 2 * names.count)))
                    continue
                }
                each(CSVText.row([input] + zip(mean, variance).flatMap { ["\(Float($0))", "\(Float($1))"] }))
            }
        }
    }

    /// Mean and variance over the members, the variance of a mixture of equal parts; nil where an input was not read.
    private static func moments(_ members: [[Double]]) -> (mean: [Double], variance: [Double])? {
        let count = Double(members.count)
        guard let first = members.first, !first.isEmpty, members.allSatisfy({ $0.count == first.count }) else {
            return nil
        }
        let mean = first.indices.map { index in members.reduce(0) { $0 + $1[index] } / count }
        let variance = first.indices.map { index in
            members.reduce(0) { $0 + ($1[index] - mean[index]) * ($1[index] - mean[index]) } / count
        }
        return (mean, variance)
    }
}

extension PredictedNumbers {
    /// Such as `the classes cat, dog`.
    fileprivate var text: String {
        switch self {
        case .classes(let names): "the classes \(names.listed(limit: 5))"
        case .numbers(let names): "the numbers \(names.listed(limit: 5))"
        }
    }
}

/// A recipe's predictions are no numbers, such as texts.
struct NothingToAverage: Error, CustomStringConvertible {
    let path, recipe: String
    var description: String {
        "\(path) cannot predict in an ensemble: predictions of the recipe \(recipe) are neither class probabilities nor numbers"
    }
}

/// An ensemble reads its input once for each member, which the standard input does not allow.
struct EnsembleOfStream: Error, CustomStringConvertible {
    let description =
        "an ensemble reads its input once for each member: name a file of inputs, or test samples (--index)"
}

/// `predict --output` of an ensemble.
struct EnsembleOutput: Error, CustomStringConvertible {
    let description =
        "an ensemble writes its predictions to stdout as CSV; leave out --output, and redirect it (> FILE)"
}
