/// The environments of this module, by name.
public enum EnvironmentName: String, Sendable, CaseIterable {
    case cartPole = "cartpole"
    case acrobot
    case mountainCar = "mountain-car"
    case mountainCarContinuous = "mountain-car-continuous"
    case pendulum
    case frozenLake = "frozen-lake"
    case frozenLakeSteady = "frozen-lake-steady"
    case frozenLake8 = "frozen-lake-8x8"
    case frozenLake8Steady = "frozen-lake-8x8-steady"
    case cliffWalking = "cliff-walking"
    case windyGrid = "windy-grid"
    case randomWalk = "random-walk"
    case randomWalk19 = "random-walk-19"
    case taxi, blackjack, driving, reacher

    /// The environment of this name.
    public var environment: any Environment {
        switch self {
        case .cartPole: CartPole()
        case .acrobot: Acrobot()
        case .mountainCar: MountainCar()
        case .mountainCarContinuous: MountainCarContinuous()
        case .pendulum: Pendulum()
        case .frozenLake: FrozenLake()
        case .frozenLakeSteady: FrozenLake(isSlippery: false)
        case .frozenLake8: FrozenLake(isLarge: true)
        case .frozenLake8Steady: FrozenLake(isLarge: true, isSlippery: false)
        case .cliffWalking: CliffWalking()
        case .windyGrid: WindyGrid()
        case .randomWalk: RandomWalk()
        case .randomWalk19: RandomWalk(states: 19, leftReward: -1)
        case .taxi: Taxi()
        case .blackjack: Blackjack()
        case .driving: Driving()
        case .reacher: Reacher()
        }
    }
}
