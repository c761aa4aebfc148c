import GenerativeRecipes
public import Training

extension RecipeCatalog {
    /// The recipes of this package.
    public static let all = RecipeCatalog([
        FashionMNISTRecipe(), FashionGANRecipe(), LargeBatchRecipe(), LanguageModelRecipe(), CSVRecipe(),
        SequenceClassificationRecipe(), TranslationRecipe(), SyntheticRecipe(),
    ])
}
