/// A ready-made training under a name: settings, and the task that they describe.
public protocol Recipe: Sendable {
    /// What `lockstep train` calls it.
    var name: String { get }
    /// What it trains, in one line.
    var summary: String { get }
    /// The settings in which it differs from the defaults.
    var settings: [(key: String, value: String)] { get }

    /// The model and the data for `settings`. *Local*: every rank makes its own, all the same.
    func makeTask(_ settings: Settings) throws -> any TrainingTask
}

/// The recipes that there are.
public struct RecipeCatalogue: Sendable {
    /// In the order of listing.
    public let recipes: [any Recipe]

    /// A catalogue of recipes with different names.
    public init(_ recipes: [any Recipe]) { self.recipes = recipes }

    /// The recipe of this name.
    public func recipe(named name: String) throws -> any Recipe {
        guard let recipe = recipes.first(where: { $0.name == name }) else {
            throw UnknownRecipe(name: name, known: recipes.map(\.name))
        }
        return recipe
    }
}

/// No recipe has this name.
public struct UnknownRecipe: Error, CustomStringConvertible {
    let name: String
    let known: [String]

    /// What was asked for, and what there is.
    public var description: String {
        let hint = nearest(to: name, among: known).map { " (did you mean \($0)?)" } ?? ""
        return
            "there is no recipe \"\(name)\"\(hint); there are: \(known.joined(separator: ", ")); a settings file is recognised by its ending .yaml or .yml"
    }
}
