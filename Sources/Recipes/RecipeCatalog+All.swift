import ActingRecipes
import EvolutionRecipes
import LearningRecipes
import SamplingRecipes
public import Training

extension RecipeCatalog {
    /// The recipes of this package.
    public static let all = RecipeCatalog([
        FashionMNISTRecipe(), ImagesRecipe(), LargeBatchRecipe(), CSVRecipe(), StreamRecipe(), ArrayRecipe(),
        AudioRecipe(),
        LanguageModelRecipe(), SequenceClassificationRecipe(), TranslationRecipe(), MaskedLanguageModelRecipe(),
        FashionGANRecipe(), MixtureGANRecipe(), VAERecipe(), AutoencoderRecipe(), SelfSupervisedRecipe(),
        MetaLearningRecipe(), PrototypicalRecipe(), FeedbackAlignmentRecipe(), ForwardForwardRecipe(), HebbianRecipe(),
        SpikingRecipe(), ContinualRecipe(), DomainAdaptationRecipe(), DistillationRecipe(), NeuralODERecipe(),
        SortingRecipe(), NUTSRecipe(tables: .csv), BayesRecipe(tables: .csv), QuantumRecipe(tables: .csv),
        TabularRecipe(), PolicyGradientRecipe(), DQNRecipe(), SACRecipe(), ImitationRecipe(),
        BanditRecipe(tables: .csv),
        EvolutionRecipe(), SyntheticRecipe(),
    ])
}
