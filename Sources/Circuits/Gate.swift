import Foundation

/// A gate on one or two qubits, or a rotation about a Pauli string. Names and matrices are those of Nielsen and Chuang, "Quantum
/// computation and quantum information", 2000, section 4.2; rotations are e^(-iθP/2).
public enum Gate: Sendable, Equatable {
    case identity, hadamard, pauliX, pauliY, pauliZ
    /// √Z, and its root.
    case s, t
    /// The root of X.
    case squareRootX
    case rotationX, rotationY, rotationZ
    /// diag(1, e^(iθ)).
    case phase
    case swap
    /// e^(-iθP/2) for a string P over the targets, in their order.
    case pauliRotation([Pauli])

    /// Whether it has an angle.
    public var isParametric: Bool {
        switch self {
        case .rotationX, .rotationY, .rotationZ, .phase, .pauliRotation: true
        default: false
        }
    }

    /// The number of targets.
    public var targets: Int {
        switch self {
        case .swap: 2
        case .pauliRotation(let string): string.count
        default: 1
        }
    }

    /// The matrix of a gate on one qubit, row by row; nil for others.
    func matrix(_ angle: Double) -> [Complex]? {
        let (c, s, root) = (cos(angle / 2), sin(angle / 2), 0.5.squareRoot())
        switch self {
        case .identity: return [1, 0, 0, 1]
        case .hadamard: return [Complex(root), Complex(root), Complex(root), Complex(-root)]
        case .pauliX: return [0, 1, 1, 0]
        case .pauliY: return [0, Complex(0, -1), Complex(0, 1), 0]
        case .pauliZ: return [1, 0, 0, -1]
        case .s: return [1, 0, 0, Complex(0, 1)]
        case .t: return [1, 0, 0, Complex(root, root)]
        case .squareRootX: return [Complex(0.5, 0.5), Complex(0.5, -0.5), Complex(0.5, -0.5), Complex(0.5, 0.5)]
        case .rotationX: return [Complex(c), Complex(0, -s), Complex(0, -s), Complex(c)]
        case .rotationY: return [Complex(c), Complex(-s), Complex(s), Complex(c)]
        case .rotationZ: return [Complex(c, -s), 0, 0, Complex(c, s)]
        case .phase: return [1, 0, 0, Complex(cos(angle), sin(angle))]
        case .swap, .pauliRotation: return nil
        }
    }
}

/// A Pauli matrix.
public enum Pauli: Character, Sendable, Equatable {
    case i = "I"
    case x = "X"
    case y = "Y"
    case z = "Z"
}

/// A complex number.
struct Complex: Sendable, Equatable, ExpressibleByIntegerLiteral {
    var re, im: Double

    init(_ re: Double, _ im: Double = 0) { (self.re, self.im) = (re, im) }
    init(integerLiteral value: Int) { self.init(Double(value)) }

    var conjugate: Complex { Complex(re, -im) }
    static func * (a: Complex, b: Complex) -> Complex {
        Complex(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re)
    }
    static func + (a: Complex, b: Complex) -> Complex { Complex(a.re + b.re, a.im + b.im) }
}
