import Training

extension SearchDimension {
    /// Throws unless the setting can change during training, as population-based training changes it.
    func checkChangesInTraining(_ schema: SettingsSchema) throws {
        let setting = try schema.key(named: key, source: "--random")
        guard !setting.changesInTraining else { return }
        let reason =
            switch (key, setting.section) {
            case ("global_batch", _): "it is the number of samples of a step"
            case ("epochs", _), ("steps", _): "it is the length of the training, of which the rounds are parts"
            case ("seed", _): "it decides the order of the data and the initial weights"
            case (_, "model"): "it decides the shape of the model, whose weights trials copy from each other"
            case (_, "optimizer"): "it decides which state the optimizer keeps, which trials copy from each other"
            case (_, "data"), (_, "images"), (_, "csv"), (_, "text"), (_, "audio"): "it decides the data"
            default: "it is fixed when training starts"
            }
        throw SearchError.fixedInTraining(key, reason: reason)
    }
}
