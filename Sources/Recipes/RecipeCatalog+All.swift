import LearningRecipes
public import Training

extension RecipeCatalog {
    /// The recipes of this package.
    public static let all = RecipeCatalog([
        FashionMNISTRecipe(), ImagesRecipe(), LargeBatchRecipe(), CSVRecipe(), ArrayRecipe(), AudioRecipe(),
        LanguageModelRecipe(), SequenceClassificationRecipe(), TranslationRecipe(), MaskedLanguageModelRecipe(),
        FashionGANRecipe(), MixtureGANRecipe(), VAERecipe(), AutoencoderRecipe(), SelfSupervisedRecipe(),
        MetaLearningRecipe(), PrototypicalRecipe(), FeedbackAlignmentRecipe(), ForwardForwardRecipe(), HebbianRecipe(),
        SpikingRecipe(), ContinualRecipe(), DomainAdaptationRecipe(), DistillationRecipe(), NeuralODERecipe(),
        SortingRecipe(), SyntheticRecipe(),
    ])
}
