import GenerativeRecipes
public import Training

extension RecipeCatalog {
    /// The recipes of this package.
    public static let all = RecipeCatalog([
        FashionMNISTRecipe(), ImagesRecipe(), FashionGANRecipe(), LargeBatchRecipe(), CharacterLanguageModelRecipe(),
        CSVRecipe(),
        SequenceClassificationRecipe(), TranslationRecipe(), SyntheticRecipe(),
    ])
}
