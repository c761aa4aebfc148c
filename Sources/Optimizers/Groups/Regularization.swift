import Preconditions

/// What pulls weights towards zero, beside the loss; three separate things.
///
/// They change the updates only: the loss that a run reports does not contain them.
public struct Regularization: Sendable, Equatable {
    /// The penalty λ·Σ|w|: adds λ·sign(w) to the gradient.
    public let l1: Float
    /// The penalty λ/2·Σw²: adds λ·w to the gradient, and with it to the optimizer's moments.
    public let l2: Float
    /// Decoupled weight decay: takes η·λ·w from the weight, beside the optimizer's own change.
    ///
    /// In LARS and LAMB it is part of the direction whose length the trust ratio sets, as their authors have it.
    /// Source: Loshchilov and Hutter, "Decoupled weight decay regularization", 2019.
    public let decay: Float

    /// These three, each at least 0.
    public init(l1: Float = 0, l2: Float = 0, decay: Float = 0) {
        require(
            l1 >= 0 && l2 >= 0 && decay >= 0,
            "Regularization: the penalties and the decay must be at least 0, found \(l1), \(l2) and \(decay)")
        (self.l1, self.l2, self.decay) = (l1, l2, decay)
    }

    /// Neither penalties nor decay.
    public static let none = Regularization()
    /// An L1 penalty.
    public static func l1(_ strength: Float) -> Regularization { Regularization(l1: strength) }
    /// An L2 penalty.
    public static func l2(_ strength: Float) -> Regularization { Regularization(l2: strength) }
    /// Decoupled weight decay.
    public static func decay(_ strength: Float) -> Regularization { Regularization(decay: strength) }
}
