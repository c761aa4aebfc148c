public import TensorEngine

/// What each element of an input contributes to an output of a model.
public struct Attribution {
    /// The contributions, of the shape of the input in Lockstep's layout, such as [1, height, width, channels]; of
    /// tokens one for each, [1, tokens].
    public let values: Tensor
    /// The output that is explained.
    public let output: Float
    /// What the sum of the contributions should be, for methods that are complete: the output, for integrated
    /// gradients minus that of the baseline.
    public let expectedSum: Float?

    /// The sum of the contributions.
    public var sum: Float { Float(values.values.reduce(0) { $0 + Double($1) }) }
}

/// How a prediction is explained.
public enum AttributionMethod: Sendable, Equatable {
    /// `|∂f/∂x|`. Source: Simonyan, Vedaldi, Zisserman, "Deep inside convolutional networks", 2013.
    case saliency
    /// `x·∂f/∂x`. Source: Shrikumar et al., "Not just a black box", 2016.
    case inputTimesGradient
    /// `(x - b)·∫ ∂f/∂x (b + α(x - b)) dα` by `steps` points of Gauss and Legendre, as Captum. Source: Sundararajan,
    /// Taly, Yan, "Axiomatic attribution for deep networks", 2017.
    case integratedGradients(steps: Int, baseline: Float)
    /// The mean gradient of inputs with normal noise, whose deviation is a part `noise` of the input's range. Source:
    /// Smilkov et al., "SmoothGrad: removing noise by adding noise", 2017.
    case smoothGrad(samples: Int, noise: Float, seed: UInt64)
    /// `relu(Σ_c A_c · mean ∂f/∂A_c)` of the channels of a layer, by default the last convolution. Source: Selvaraju
    /// et al., "Grad-CAM: visual explanations from deep networks via gradient-based localization", 2017.
    case gradCAM(layer: String?)
    /// Layer-wise relevance propagation.
    case relevance(RelevanceRule)
    /// What the output loses when parts of the input become `baseline`, averaged over the parts that an element
    /// belongs to. Source: Zeiler, Fergus, "Visualizing and understanding convolutional networks", 2013.
    case occlusion(OcclusionParts, baseline: Float)
}

/// The parts of an input that occlusion replaces.
public enum OcclusionParts: Sendable, Equatable {
    /// Squares of an image [height, width, channels], all of its channels; the last of a row may be narrower.
    case squares(size: Int, stride: Int, height: Int, width: Int, channels: Int)
    /// Ranges of the elements of a sample, such as the columns of a table; of tokens their numbers.
    case ranges([Range<Int>])
}
