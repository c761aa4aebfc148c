import DataParallel
import Optimizers
public import Settings

extension SettingsSchema {
    /// The settings of every run, without those of recipes.
    public static let common = SettingsSchema(recipes: [], optimizers: [])

    /// The settings of every run, of these recipes, and of these optimizers beside the package's own.
    init(recipes: [any Recipe], optimizers: [any OptimizerRule.Type]) {
        var groups: [any SettingsGroup.Type] = [RunSettings.self, DataSettings.self]
        groups += recipes.flatMap { $0.settingsGroups }
        groups += Self.modelGroups
        groups += OptimizerSettings.rules as [any SettingsGroup.Type]
        groups += optimizers as [any SettingsGroup.Type]
        groups += Self.trainingGroups
        let owners = recipes.flatMap { recipe in recipe.settingsGroups.map { (group: $0, recipe: recipe.name) } }
        self.init(groups, recipes: owners)
    }
}

extension SettingsSchema {
    private static let modelGroups: [any SettingsGroup.Type] = [
        ModelSettings.self, TransferSettings.self, FreezeSettings.self, OptimizerSettings.self,
    ]

    private static let trainingGroups: [any SettingsGroup.Type] = [
        ScheduleSettings.self, ClipSettings.self, AverageSettings.self, CheckpointSettings.self, LogSettings.self,
        EvaluateSettings.self, EarlyStoppingSettings.self, DiagnoseSettings.self, AgreementSettings.self,
        CommunicationSettings.self, BalanceSettings.self, CompressionSettings.self, LocalSettings.self,
        NonFiniteSettings.self, InterruptSettings.self, WatchSettings.self, TraceSettings.self,
        SecondOrderConflicts.self,
    ]
}

extension Settings {
    /// The defaults of the settings that every run has.
    public init() { self.init(.common) }
}
