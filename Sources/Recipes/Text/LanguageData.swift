import Datasets
import Settings
import Training

/// The text that a recipe of language models learns.
struct LanguageData {
    let path: String
    let text: LanguageText
    /// Where the text to evaluate on is, for errors.
    let testSource: String

    /// Such as `FILE, 900 characters to train on and 100 to evaluate on, 40 different ones`.
    var summary: String {
        "\(path), \(text.training.count) \(text.vocabulary.noun) to train on and \(text.validation.count) to evaluate on, "
            + "\(text.vocabulary.count) different ones"
    }

    /// Reads the text of the settings. *Collective within a host.*
    init(_ settings: Settings, recipe: String, _ saved: Preparation?, _ loader: HostLoader) throws {
        guard let path = settings.data.path else { throw MissingData(recipe: recipe, what: "a text to learn") }
        let (testPath, fraction) = (settings.data.testPath, settings.data.testFraction)
        text = try LanguageText(
            path: path, testPath: testPath, testFraction: fraction, unit: settings.text.languageUnit,
            saved: saved.map { try LanguageVocabulary(saved: $0) }, loader: loader)
        testSource = testPath ?? "the last part of \(path) (data.test_fraction \(fraction))"
        self.path = path
    }
}
