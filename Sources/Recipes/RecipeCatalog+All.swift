public import Training

extension RecipeCatalog {
    /// All recipes of Lockstep.
    public static let all = RecipeCatalog([
        FashionMNISTRecipe(), LargeBatchRecipe(), CharacterLanguageModelRecipe(), CSVRecipe(),
        SequenceClassificationRecipe(),
        TranslationRecipe(), SyntheticRecipe(),
    ])
}
