public import Settings

extension Recipe {
    /// Throws `UnknownModel` where the recipe has no model of the name in the settings.
    public func checkModel(_ settings: Settings) throws {
        guard models.contains(where: { $0.name == settings.model.name }) else {
            throw UnknownModel(name: settings.model.name, recipe: self)
        }
    }

    /// The model in the settings, as the case of an enumeration that has the recipe's models; throws `UnknownModel`.
    public func model<Model: RawRepresentable<String>>(_ settings: Settings) throws -> Model {
        try checkModel(settings)
        guard let model = Model(rawValue: settings.model.name) else {
            throw UnknownModel(name: settings.model.name, recipe: self)
        }
        return model
    }
}
