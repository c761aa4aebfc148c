import LearningRecipes
public import Training

extension RecipeCatalog {
    /// The recipes of this package.
    public static let all = RecipeCatalog([
        FashionMNISTRecipe(), FashionGANRecipe(), LargeBatchRecipe(), CharacterLanguageModelRecipe(), CSVRecipe(),
        SequenceClassificationRecipe(), TranslationRecipe(), VAERecipe(), AutoencoderRecipe(), SelfSupervisedRecipe(),
        MetaLearningRecipe(), PrototypicalRecipe(), FeedbackAlignmentRecipe(), ForwardForwardRecipe(), HebbianRecipe(),
        SpikingRecipe(), SyntheticRecipe(), ArrayRecipe(),
    ])
}
