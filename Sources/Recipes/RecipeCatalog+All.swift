import ActingRecipes
import LearningRecipes
public import Training

extension RecipeCatalog {
    /// The recipes of this package.
    public static let all = RecipeCatalog([
        FashionMNISTRecipe(), ImagesRecipe(), LargeBatchRecipe(), CSVRecipe(), ArrayRecipe(), AudioRecipe(),
        LanguageModelRecipe(), SequenceClassificationRecipe(), TranslationRecipe(), FashionGANRecipe(),
        VAERecipe(), AutoencoderRecipe(), SelfSupervisedRecipe(), MetaLearningRecipe(), PrototypicalRecipe(),
        FeedbackAlignmentRecipe(), ForwardForwardRecipe(), HebbianRecipe(), SpikingRecipe(), TabularRecipe(),
        PolicyGradientRecipe(),
        DQNRecipe(), SACRecipe(), ImitationRecipe(), BanditRecipe(), SyntheticRecipe(),
    ])
}
