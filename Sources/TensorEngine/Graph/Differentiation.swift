package import Kernels
import Preconditions

/// The gradients of a scalar with respect to tracked tensors, each of its tensor's shape; zero where there is no dependence.
///
/// A variable that is given several times has its whole gradient each time.
/// With `createsGraph` the gradients are tracked and can be differentiated again, to any order. Unless `retainsGraph`, the
/// values saved for this graph are released on the way, and it can't be used again.
public func gradients(
    of output: Tensor, withRespectTo variables: [Tensor], createsGraph: Bool = false, retainsGraph: Bool? = nil
) -> [Tensor] {
    require(output.shape.count == 1, "gradients: the output must be a scalar, its shape is \(output.shape)")
    let targets = variables.map { variable -> Node in
        guard let origin = variable.origin else {
            fatalError("gradients: a variable is not tracked; use its `tracked` form in the computation")
        }
        return origin
    }
    var results = variables.map { Tensor(repeating: 0, shape: $0.shape) }
    var walk = BackwardWalk(
        from: output, to: targets, recordsGraph: createsGraph, retainsGraph: retainsGraph ?? createsGraph)
    walk.run(cotangent: Tensor(repeating: 1, shape: output.shape)) { results[$0] = $1 }
    return results
}

/// The loss that `loss` computes, and its gradients with respect to `parameters`, handed out one by one.
///
/// The parameters are tracked for the length of the closure and of the backward walk. `whenReady` is called exactly once for
/// each parameter, with its place in `parameters` and its gradient, as soon as that gradient is final; backward goes on
/// afterwards. A parameter that is given several times is handed its whole gradient each time. A parameter that the loss does not depend on is handed a gradient of zeros, first of all.
/// - Returns: the loss, detached.
public func valueAndGradients(
    of parameters: [Parameter], whenReady: (_ index: Int, _ gradient: Tensor) throws -> Void,
    loss: () throws -> Tensor
) rethrows -> Tensor {
    try valueAndGradients(of: parameters, destination: { _ in nil }, whenReady: whenReady, loss: loss)
}

/// As the other form.
/// - Parameter destination: memory in which the gradient of a parameter had best be made; it may be elsewhere all the same.
package func valueAndGradients(
    of parameters: [Parameter], destination: (_ index: Int) -> Buffer?,
    whenReady: (_ index: Int, _ gradient: Tensor) throws -> Void, loss: () throws -> Tensor
) rethrows -> Tensor {
    try withTracking(parameters) { leaves in
        let value = try loss()
        require(
            value.shape.count == 1, "valueAndGradients: the loss must be a scalar, its shape is \(value.shape)")
        var walk = BackwardWalk(from: value, to: leaves, recordsGraph: false, retainsGraph: false)
        NonFiniteOperation.beginBackward()
        for index in walk.unreachedTargets(of: leaves.count) {
            try whenReady(index, Tensor(repeating: 0, shape: parameters[index].shape))
        }
        try walk.run(
            cotangent: Tensor(repeating: 1, shape: value.shape), destination: destination, whenFinal: whenReady)
        return value.detached
    }
}

/// The loss that `loss` computes, and its gradients with respect to `parameters`, in their order.
public func valueAndGradients(of parameters: [Parameter], loss: () throws -> Tensor) rethrows
    -> (value: Tensor, gradients: [Tensor])
{
    var gradients = [Tensor?](repeating: nil, count: parameters.count)
    let value = try valueAndGradients(of: parameters, whenReady: { gradients[$0] = $1 }, loss: loss)
    return (value, gradients.map { $0! })
}

/// The product of the loss's Hessian with a vector, which has one tensor for each parameter, of its shape.
///
/// Costs about two gradients; the Hessian itself is never formed. Source: Pearlmutter, "Fast exact multiplication by the
/// Hessian", 1994.
public func hessianVectorProduct(of parameters: [Parameter], with vector: [Tensor], loss: () throws -> Tensor) rethrows
    -> [Tensor]
{
    require(
        parameters.map(\.shape) == vector.map(\.shape),
        "hessianVectorProduct: the vector's shapes \(vector.map(\.shape)) are not those of the parameters \(parameters.map(\.shape))"
    )
    return try withTracking(parameters) { _ in
        let variables = parameters.map(\.value)
        let first = gradients(of: try loss(), withRespectTo: variables, createsGraph: true)
        let slope = zip(first, vector).map { ($0 * $1.detached).sum() }.reduce(Tensor(0), +)
        return gradients(of: slope, withRespectTo: variables)
    }
}

/// Runs `body` with each parameter tracked as a new leaf, and ends the tracking however `body` ends.
private func withTracking<Result>(_ parameters: [Parameter], _ body: ([Node]) throws -> Result) rethrows -> Result {
    // a parameter that is given several times is one leaf
    var leafOf: [ObjectIdentifier: Node] = [:]
    let leaves = parameters.map { parameter -> Node in
        let leaf = leafOf[ObjectIdentifier(parameter)] ?? parameter.beginTracking()
        leafOf[ObjectIdentifier(parameter)] = leaf
        return leaf
    }
    defer { parameters.forEach { $0.endTracking() } }
    return try body(leaves)
}

extension BackwardWalk {
    /// The targets that the output does not depend on.
    func unreachedTargets(of count: Int) -> [Int] {
        let reached = Set(reachedTargets)
        return (0..<count).filter { !reached.contains($0) }
    }
}
