import GenerativeRecipes
public import Training

extension RecipeCatalog {
    /// The recipes of this package.
    public static let all = RecipeCatalog([
        FashionMNISTRecipe(), FashionGANRecipe(), LargeBatchRecipe(), CharacterLanguageModelRecipe(), CSVRecipe(),
        ArrayRecipe(), SequenceClassificationRecipe(), TranslationRecipe(), SyntheticRecipe(),
    ])
}
