public import Datasets
public import Settings

/// Reads the table of a run, for recipes of modules that do not read tables themselves.
public struct TableSource: Sendable {
    /// The settings of how a table is read.
    public let settingsGroups: [any SettingsGroup.Type]
    /// Reads the table that the settings name. *Collective within a host.*
    public let load: @Sendable (Settings, Preparation?, HostLoader) throws -> Table

    /// A source with its settings.
    public init(
        settingsGroups: [any SettingsGroup.Type],
        load: @escaping @Sendable (Settings, Preparation?, HostLoader) throws -> Table
    ) {
        (self.settingsGroups, self.load) = (settingsGroups, load)
    }

    /// A table with what its columns were taken for.
    public struct Table {
        /// The file.
        public let path: String
        /// The rows to train and to test on.
        public let training, test: TableRows
        /// What the columns were taken for.
        public let schema: TableSchema
        /// Notes on the table, a line each.
        public let notes: [String]
        /// What a saved run needs to read such a table again.
        public let preparation: Preparation

        /// A table.
        public init(
            path: String, training: TableRows, test: TableRows, schema: TableSchema, notes: [String],
            preparation: Preparation
        ) {
            (self.path, self.training, self.test) = (path, training, test)
            (self.schema, self.notes, self.preparation) = (schema, notes, preparation)
        }
    }
}
