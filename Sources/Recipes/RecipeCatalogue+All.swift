public import Training

extension RecipeCatalogue {
    /// All recipes of Lockstep.
    public static let all = RecipeCatalogue([
        FashionMNISTRecipe(), LargeBatchRecipe(), CharacterLanguageModelRecipe(), CSVRecipe(),
        SequenceClassificationRecipe(),
        TranslationRecipe(), SyntheticRecipe(),
    ])
}
