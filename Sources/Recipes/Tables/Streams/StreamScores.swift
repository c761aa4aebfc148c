import Foundation
import LearningRecipes
import Messages

/// Prequential scores of a stream, test-then-train: each row is predicted before it is learned from. The same on every
/// rank.
///
/// Source: Gama, Sebastião, Rodrigues, "On evaluating stream learning algorithms", 2013, with fading factors.
struct StreamScores: Codable, Equatable {
    /// A drift: the row at which it was detected, from 1, and the mean errors then.
    struct Drift: Codable, Equatable {
        let row, step: Int
        let recent, mean: Double
    }

    private enum Detector: Codable, Equatable {
        case adwin(AdaptiveWindow)
        case pageHinkley(PageHinkley)
        case none
    }

    private let fading: Double
    private var detector: Detector
    /// The rows so far, and those of a class that was not learned.
    private(set) var rows = 0
    var unknownClasses = 0
    private var sum = 0.0
    private var (recentSum, recentCount) = (0.0, 0.0)
    private(set) var drifts: [Drift] = []

    init(_ settings: StreamSettings) {
        fading = settings.fading
        detector =
            switch settings.detector {
            case .adwin: .adwin(AdaptiveWindow(confidence: settings.confidence))
            case .pageHinkley: .pageHinkley(PageHinkley(threshold: settings.threshold))
            case .none: .none
            }
    }

    /// The mean error of all rows, and of the recent ones; 0 without any.
    var mean: Double { rows > 0 ? sum / Double(rows) : 0 }
    var recent: Double { recentCount > 0 ? recentSum / recentCount : 0 }

    /// Takes in the error of the next row; returns whether there is a drift.
    mutating func add(_ error: Double, step: Int) -> Bool {
        rows += 1
        sum += error
        recentSum = fading * recentSum + error
        recentCount = fading * recentCount + 1
        let isDrift: Bool
        switch detector {
        case .adwin(var window):
            isDrift = window.update(error)
            detector = .adwin(window)
        case .pageHinkley(var test):
            isDrift = test.update(error)
            detector = .pageHinkley(test)
        case .none: isDrift = false
        }
        if isDrift { drifts.append(Drift(row: rows, step: step, recent: recent, mean: mean)) }
        return isDrift
    }

    /// Whether a run can have saved it.
    var isSound: Bool {
        if case .adwin(let window) = detector, !window.isSound { return false }
        return rows >= 0 && (0...rows).contains(unknownClasses) && sum.isFinite && recentSum.isFinite
            && recentCount.isFinite && drifts.count <= rows
    }

    /// One JSON object, numbers with all digits.
    func encoded() -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        encoder.encodeNonFiniteAsText()
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// Reads back what `encoded` gave; nil if it cannot be.
    init?(encoded text: String) {
        let decoder = JSONDecoder()
        decoder.decodeNonFiniteFromText()
        guard let scores = try? decoder.decode(Self.self, from: Data(text.utf8)), scores.isSound else { return nil }
        self = scores
    }

    /// A line of JSON for each drift.
    var driftLines: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return drifts.compactMap { try? encoder.encode($0) }.map { String(decoding: $0, as: UTF8.self) + "\n" }.joined()
    }
}
