import Datasets
import Settings
import Training

extension TableSource {
    /// Tables as the recipe `csv` reads them.
    static let csv = TableSource(settingsGroups: [TableSettings.self]) { settings, saved, loader in
        guard let path = settings.data.path else { throw MissingData(recipe: settings.recipe, what: "a table") }
        let request = try TableRequest(settings, path: path, saved)
        let data = try loader.load(path) { try TableData(request) { loader.progress(done: $0, of: $1) } }
        var preparation = Preparation()
        try preparation.set(TableModel.schema, data.notes.schema)
        return Table(
            path: path, training: data.training, test: data.test, schema: data.notes.schema, notes: data.notes.lines,
            preparation: preparation)
    }
}
