import Messages
public import RunRecords

/// Packs the data of a recipe into one file: what `pack` does.
public struct DataPacking {
    private let path, target: String
    private let recipe: String?
    private let overrides: [SettingOverride]
    private let catalog: RecipeCatalog

    /// Packs the data at `path` into the file `target`, for the recipe of this name, or for the one that recognizes them.
    public init(
        _ path: String, to target: String, recipe: String? = nil, overrides: [SettingOverride] = [],
        catalog: RecipeCatalog
    ) {
        (self.path, self.target, self.recipe, self.overrides) = (path, target, recipe, overrides)
        self.catalog = catalog
    }

    /// Packs, and returns lines that say what. *Local.*
    public func run(reporter: ProgressReporter) throws -> [String] {
        let recipe = try recipe.map { try catalog.recipe(named: $0) } ?? recognized()
        var request = TrainingRequest(target: recipe.name)
        request.overrides = [SettingOverride(key: "data.path", value: path, source: "the data")] + overrides
        let settings = try request.settings(catalog)
        defer { reporter.endProgress() }
        let lines = try recipe.pack(settings, to: target) { done, count in
            reporter.progress("packing", done: done, of: count)
        }
        reporter.endProgress()
        return ["\(target): packed for the recipe \(recipe.name)"] + lines
    }

    private func recognized() throws -> any Recipe {
        let found = catalog.recipes.filter { $0.recognizes(dataAt: path) }
        guard found.count == 1 else { throw UnrecognizedData(path: path, recipes: found.map(\.name)) }
        return found[0]
    }
}

/// No recipe recognizes the data, or several do.
struct UnrecognizedData: Error, CustomStringConvertible {
    let path: String
    let recipes: [String]
    var description: String {
        recipes.isEmpty
            ? "cannot pack \(path): no recipe recognizes the data; name one (--recipe NAME) to see what it expects"
            : "cannot pack \(path): several recipes take such data: \(recipes.listed()); name one (--recipe NAME)"
    }
}

/// A recipe packs no data.
struct NothingToPack: Error, CustomStringConvertible {
    let recipe: String
    var description: String { "the recipe \(recipe) does not take packed data; train on the data as they are" }
}
